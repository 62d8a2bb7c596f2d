"""Typed faces turned into pictures, as the content filter for emoticons does."""

import re
from collections.abc import Mapping
from types import MappingProxyType

# The theme's revision is part of the address so that a changed picture is fetched anew.
_PICTURES = "{base}/theme/image.php/boost/core/1/s/{picture}"

# (typed, picture, description)
_TABLE = (
    (":-)", "smiley", "smile"),
    (":)", "smiley", "smile"),
    (":-D", "biggrin", "big grin"),
    (";-)", "wink", "wink"),
    (":-/", "mixed", "mixed"),
    ("V-.", "thoughtful", "thoughtful"),
    (":-P", "tongueout", "tongue out"),
    (":-p", "tongueout", "tongue out"),
    ("B-)", "cool", "cool"),
    ("^-)", "approve", "approve"),
    ("8-)", "wideeyes", "wide eyes"),
    (":o)", "clown", "clown"),
    (":-(", "sad", "sad"),
    (":(", "sad", "sad"),
    ("8-.", "shy", "shy"),
    (":-I", "blush", "blush"),
    (":-X", "kiss", "kiss"),
    ("8-o", "surprise", "surprise"),
    ("P-|", "blackeye", "black eye"),
    ("8-[", "angry", "angry"),
    ("(grr)", "angry", "angry"),
    ("xx-P", "dead", "dead"),
    ("|-.", "sleepy", "sleepy"),
    ("}-]", "evil", "evil"),
    ("(h)", "heart", "heart"),
    ("(heart)", "heart", "heart"),
    ("(y)", "yes", "yes"),
    ("(n)", "no", "no"),
    ("(martin)", "martin", "martin"),
    ("( )", "egg", "egg"),
)
# What each picture shows, as a sign of Unicode.
SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "smiley": "\N{SLIGHTLY SMILING FACE}",
        "biggrin": "\N{SMILING FACE WITH OPEN MOUTH}",
        "wink": "\N{WINKING FACE}",
        "mixed": "\N{CONFUSED FACE}",
        "thoughtful": "\N{THINKING FACE}",
        "tongueout": "\N{FACE WITH STUCK-OUT TONGUE}",
        "cool": "\N{SMILING FACE WITH SUNGLASSES}",
        "approve": "\N{RELIEVED FACE}",
        "wideeyes": "\N{FLUSHED FACE}",
        "clown": "\N{CLOWN FACE}",
        "sad": "\N{SLIGHTLY FROWNING FACE}",
        "shy": "\N{SMILING FACE WITH SMILING EYES}",
        "blush": "\N{WHITE SMILING FACE}",
        "kiss": "\N{FACE THROWING A KISS}",
        "surprise": "\N{FACE WITH OPEN MOUTH}",
        "blackeye": "\N{FACE WITH HEAD-BANDAGE}",
        "angry": "\N{ANGRY FACE}",
        "dead": "\N{DIZZY FACE}",
        "sleepy": "\N{SLEEPING FACE}",
        "evil": "\N{SMILING FACE WITH HORNS}",
        "heart": "\N{HEAVY BLACK HEART}",
        "yes": "\N{THUMBS UP SIGN}",
        "no": "\N{THUMBS DOWN SIGN}",
        "martin": "\N{ADULT}",
        "egg": "\N{EGG}",
    }
)
_MEANINGS = {typed: (picture, description) for typed, picture, description in _TABLE}
_TYPED = re.compile("|".join(re.escape(typed) for typed in sorted(_MEANINGS, key=len)[::-1]))


def with_emoticons(text: str, base: str) -> str:
    """`text`, which holds no tags, with its emoticons as pictures of the site at `base`."""

    def picture(found: re.Match[str]) -> str:
        name, description = _MEANINGS[found[0]]
        address = _PICTURES.format(base=base, picture=name)
        return (
            f'<img class="icon emoticon" alt="{description}" title="{description}"'
            f' src="{address}" />'
        )

    return _TYPED.sub(picture, text)
