"""SUP-4, TOK-1, TOK-3: each forbidden thing is found where planted, and src is free of them."""

from pathlib import Path

import pytest

from scripts.static_rules import SOURCES, findings, problems

FORBIDDEN = {
    "eval": "eval('1')",
    "exec": "exec('x = 1')",
    "pickle": "import pickle",
    "pickle by part": "from pickle import loads",
    "yaml.load": "import yaml\nyaml.load('a')",
    "yaml under another name": "from yaml import unsafe_load as load\nload('a')",
    "a shell": "import subprocess\nsubprocess.run('ls', shell=True)",
    "a shell switched on by a variable": "import subprocess\nsubprocess.run('ls', shell=flag)",
    "os.system": "import os\nos.system('ls')",
    "random": "import random",
    "random by part": "from random import choice",
    "uuid1": "import uuid\nuuid.uuid1()",
    "uuid1 by part": "from uuid import uuid1\nuuid1()",
    "certificates unchecked": "httpx.get('x', verify=False)",
    "certificates unchecked by context": "context.verify_mode = ssl.CERT_NONE",
    "== on a token": "ok = token == given",
    "!= on an attribute": "ok = row.digest != given",
    "== on a password": "ok = given == user.new_password",
    "assert": "assert x",
    "bare except": "try:\n    pass\nexcept:\n    pass",
    "SQL by f-string": "session.execute(f'SELECT {x}')",
    "SQL by %": "session.execute('SELECT %s' % x)",
    "SQL by +": "cursor.executescript('SELECT ' + x)",
    "SQL by format": "connection.exec_driver_sql('SELECT {}'.format(x))",
    "SQL by text": "from sqlalchemy import text\ntext(f'SELECT {x}')",
    "SQL by text of the package": "import sqlalchemy as sa\nsa.text('SELECT ' + x)",
}
ALLOWED = {
    "a compiled pattern": "import re\nre.compile('a')",
    "safe YAML": "import yaml\nyaml.safe_load('a')",
    "a column compared": "condition = tokens.c.digest == digest",
    "an empty token": "missing = token == ''",
    "a compared count": "ok = tokens_used == 3",
    "constant SQL": "session.execute('SELECT ' 'x')",
    "a statement object": "session.execute(select(users))",
    "somebody's own text()": "text(f'{x}')",
    "a certificate check": "httpx.get('x', verify=True)",
}


@pytest.mark.parametrize("planted", FORBIDDEN.values(), ids=FORBIDDEN)
def test_sup_4_a_forbidden_thing_is_found(planted: str) -> None:
    assert len(findings(planted)) == 1


@pytest.mark.parametrize("harmless", ALLOWED.values(), ids=ALLOWED)
def test_sup_4_a_harmless_thing_is_let_through(harmless: str) -> None:
    assert findings(harmless) == []


@pytest.mark.parametrize("folder", SOURCES, ids=lambda folder: folder.name)
def test_sup_4_the_source_has_none_of_them(folder: Path) -> None:
    assert list(folder.rglob("*.py"))
    assert list(problems(folder)) == []
