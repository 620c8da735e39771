#!/bin/bash
# Once, when the database is made: who reads the register for Grafana, and may do nothing else. Whoever may see a
# dashboard can send any query through its data source.
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v reader="$REGISTER_READER" -v password="$REGISTER_READER_PASSWORD" -v owner="$POSTGRES_USER" -v base="$POSTGRES_DB" <<'SQL'
CREATE ROLE :"reader" LOGIN PASSWORD :'password' CONNECTION LIMIT 20;
ALTER ROLE :"reader" SET default_transaction_read_only = on;
ALTER ROLE :"reader" SET statement_timeout = '30s';
GRANT CONNECT ON DATABASE :"base" TO :"reader";
GRANT USAGE ON SCHEMA public TO :"reader";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON TABLES TO :"reader";
SQL
