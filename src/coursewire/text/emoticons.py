"""Typed faces turned into pictures, as the content filter for emoticons does."""

import re

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
