"""Passwords that are tried first: the 30,000 most common ones, and what is made of them (AUTH-11).

The list (`common_passwords.txt`, the most common first) knows a password only as it is. Of the
words below what is compared is the bare word: without the digits and signs before and after it,
in small letters, with the usual digits for letters turned back, so that one entry stands for
`Dragon1!`, `dr4g0n` and `dragon2024`.
"""

import re
from functools import cache
from importlib.resources import files

_WORDS = frozenset(
    """
    password passwort passord motdepasse contrasena senha parola haslo wachtwoord salasana losenord
    passwords passwd pass passme mypassword newpassword oldpassword thepassword password password
    secret geheim topsecret admin administrator adminadmin root rootroot toor superuser sysadmin
    webmaster system manager master owner operator user username guest guestguest test testtest
    testing tester demo demodemo example sample temp temporary temppass default changeme changeit
    changemenow letmein letmeinnow welcome welcomehome willkommen bienvenue hello hellohello
    helloworld iloveyou iloveu ilovegod iloveme loveyou loveme lovelove lovely forever sunshine
    princess prinzessin dragon monkey shadow master superman batman spiderman ironman starwars
    startrek pokemon pikachu naruto minecraft fortnite football fussball soccer baseball basketball
    hockey tennis golf cricket arsenal liverpool chelsea barcelona realmadrid juventus manchester
    michael michelle jennifer jessica jordan joshua matthew daniel andrew anthony robert thomas
    william charlie charlotte ashley amanda nicole hannah samantha elizabeth christian alexander
    alexandra maximilian sebastian patrick richard benjamin jonathan christopher victoria veronica
    stephanie steven martin george harley ranger hunter killer tigger buster ginger pepper cookie
    cheese chocolate banana orange computer internet samsung google facebook instagram whatsapp
    twitter youtube microsoft windows linux apple iphone android nokia motorola blackberry
    qwerty qwertyui qwertyuiop qwertz qwertzuiop azerty azertyuiop asdf asdfgh asdfghjk asdfghjkl
    zxcvbn zxcvbnm yxcvbnm qazwsx qazwsxedc qweasd qweasdzxc wsxedc qaz wsx edc qwert asd zxc
    abcdef abcdefg abcdefgh abcdefghi abcdefghij abcabc abc aaa trustno trustme access accessgranted
    freedom whatever nothing something anything everything everyone someone nobody jesus jesuschrist
    christ heaven angel angels blessed faith hope peace mercedes porsche ferrari corvette mustang
    yamaha suzuki honda toyota london berlin paris madrid germany deutschland france england america
    canada australia brasil russia china summer sommer winter spring autumn january february march
    april june july august september october november december monday tuesday wednesday thursday
    friday saturday sunday school schule student students teacher lehrer university college campus
    course courses moodle coursewire learning elearning education office company business support
    service services security secure login logon signin mobile phone camera butterfly flower flowers
    rainbow diamond silver golden purple yellow green blue red black white snoopy mickey minnie
    garfield simpson simpsons homer matrix phoenix eagle falcon tiger panther lion wolf bear dolphin
    elephant turtle rabbit hamster kitten puppy doggy fluffy maverick merlin wizard gandalf frodo
    hobbit legolas potter harrypotter hogwarts voldemort sherlock bond jamesbond godzilla metallica
    nirvana slipknot eminem beatles elvis presley guitar music musica piano trumpet drummer
    sexsex sexy fuckyou fuckme fuckoff asshole bitch pussy bullshit biteme
    """.split()  # noqa: SIM905 - a list of this length is read more easily like this
)
_OUTSIDE = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LETTERS_FOR_DIGITS = str.maketrans("01345678@$!|", "oleasbtbasil")
_ROWS = (
    "01234567890123456789",
    "09876543210987654321",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "mnbvcxzlkjhgfdsapoiuytrewq",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "q1w2e3r4t5y6u7i8o9p0",
)


def is_common(password: str) -> bool:
    """Tell whether a password is on the list of the most common ones, in whatever letters."""
    return password.casefold() in _common()


def is_well_known(password: str) -> bool:
    """Tell whether a password is among those that are tried first, or easily made of one."""
    text = password.casefold()
    return (
        is_common(text)
        or _is_word(text)
        or _is_run(text)
        or _is_repetition(text)
        or text.isdecimal()
    )


@cache
def _common() -> frozenset[str]:
    """Read the list when the first new password is looked at: a server that starts does not."""
    content = (files("coursewire.domain") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(content.splitlines())


def _is_word(text: str) -> bool:
    bare = _OUTSIDE.sub("", text)
    turned = _OUTSIDE.sub("", text.translate(_LETTERS_FOR_DIGITS))
    return any(word in _WORDS for word in (text, bare, turned, bare.translate(_LETTERS_FOR_DIGITS)))


def _is_run(text: str) -> bool:
    """Tell whether a text follows a row of keys, the alphabet or the numbers."""
    return any(text in row for row in _ROWS) or any(
        text.startswith(row[:size]) and text[size:].isdecimal()
        for row in _ROWS
        for size in range(4, min(len(text), len(row)) + 1)
    )


def _is_repetition(text: str) -> bool:
    """Tell whether a text is a short piece over and over, or one word twice."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text == text[:size] * (len(text) // size):
            return size <= 3 or text[:size] in _WORDS
    return False
