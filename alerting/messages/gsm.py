"""Text that fits into one SMS: the characters of GSM 03.38, 160 of them."""

import unicodedata

ONE_SMS = 160
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""They cost two: an escape goes before each."""
_MEANT = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "×": "x"})


def length(text: str) -> int:
    """How many characters of an SMS a text takes that has only those of GSM."""
    return sum(2 if character in _EXTENDED else 1 for character in text)


def plain(text: str) -> str:
    """A text on one line in the characters of GSM: others become what is most like them, or a question mark."""
    alike = "".join(_like(character) for character in " ".join(text.translate(_MEANT).split()))
    return " ".join(alike.split())


def one_sms(words: str, link: str | None = None, least: int = 40) -> str:
    """One SMS: the words cut to fit, the link after them.

    A link that would leave fewer than `least` characters for the words is left out: whoever has the words can act.
    So the words that matter most come first.
    """
    words, link = plain(words), plain(link or "")
    room = ONE_SMS - length(link) - 1
    if link and room >= min(least, length(words)):
        return f"{_cut(words, room)} {link}".strip()
    return _cut(words, ONE_SMS)


def _like(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    base = unicodedata.normalize("NFKD", character)
    return "".join(part for part in base if part in _BASIC) or (
        "" if unicodedata.combining(character) else "?"
    )


def _cut(text: str, room: int) -> str:
    """The text, or as many of its words as there is room for, with two dots."""
    if length(text) <= room:
        return text
    while length(text) > room - 2:
        text = text.rpartition(" ")[0] or text[:-1]
    return f"{text.rstrip(' ,;:')}.."
