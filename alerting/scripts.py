"""What Redis does in one go; each is a Lua script, for a transaction cannot decide."""

READ = """
-- Each hash as a flat list: one round trip for many, on a connection that watches them.
local found = {}
for i, key in ipairs(KEYS) do found[i] = redis.call('HGETALL', key) end
return found
"""

PAGE = """
-- KEYS: a key for the meantime, the ranks, the sets. ARGV: offset, limit. Those in all sets, the highest rank first.
local asked = {KEYS[1], #KEYS - 1}
for i = 2, #KEYS do asked[#asked + 1] = KEYS[i] end
asked[#asked + 1] = 'WEIGHTS'
for i = 2, #KEYS do asked[#asked + 1] = i == 2 and 1 or 0 end
redis.call('ZINTERSTORE', unpack(asked))
local page = redis.call('ZREVRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
redis.call('DEL', KEYS[1])
return page
"""

NUMBER = """
-- How many are in all of the sets: thousands of names would take longer to send than to count.
return #redis.call('SINTER', unpack(KEYS))
"""

ADVANCE = """
-- KEYS: view, positions. ARGV: generation, then topic/partition and offset in turn. 0 where the view is another.
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[2], ARGV[i])
  if not held or tonumber(held) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  end
end
return 1
"""

BEGIN = """
-- KEYS: view. ARGV: format, generation to begin, prefix of all that goes where the view is of an older format.
-- Of a newer one, nothing.
local held = tonumber(redis.call('HGET', KEYS[1], 'format') or 0)
if held > tonumber(ARGV[1]) then return false end
if held < tonumber(ARGV[1]) then
  local cursor = '0'
  repeat
    local page = redis.call('SCAN', cursor, 'COUNT', 1000)
    cursor = page[1]
    for _, key in ipairs(page[2]) do
      if string.sub(key, 1, #ARGV[3]) == ARGV[3] then redis.call('UNLINK', key) end
    end
  until cursor == '0'
  redis.call('HSET', KEYS[1], 'format', ARGV[1], 'generation', ARGV[2])
end
return redis.call('HGET', KEYS[1], 'generation')
"""

BUILT = """
-- KEYS: view, and a mark that stands for as long as no claim was lost.
-- ARGV: generation, how long (ms) a lost claim may be at work. 0 where the view is another.
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
local now = redis.call('TIME')
local held = redis.call('SET', KEYS[2], '', 'NX') and ARGV[2] or 0
redis.call('HSETNX', KEYS[1], 'built', now[1] * 1000 + math.floor(now[2] / 1000) + held)
return 1
"""

CLAIM = """
-- KEYS: view, claim. ARGV: who, lease (ms).
local built = redis.call('HGET', KEYS[1], 'built')
if not built then return 0 end
local now = redis.call('TIME')
if now[1] * 1000 + math.floor(now[2] / 1000) < tonumber(built) then return 0 end
return redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0
"""

RENEW = """
-- KEYS: claim. ARGV: who, lease (ms).
return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0
"""

RELEASE = """
-- KEYS: claim. ARGV: who.
return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0
"""

SET_NEXT = """
-- KEYS: next, alert. ARGV: alert id, moment or '', how many entries were seen or ''.
if ARGV[3] ~= '' and redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[3]) then return 0 end
if ARGV[2] == '' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1]) end
return 1
"""
