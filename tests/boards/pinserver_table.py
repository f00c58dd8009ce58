# SPDX-License-Identifier: MIT
"""The table of PinServer's commands (commands.def), as Python reads it."""

import collections
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TABLE = os.path.join(ROOT, 'firmware/arduino/PinServer/src/commands.def')

Command = collections.namedtuple('Command',
                                 'letter name shape needs usage help')
Report = collections.namedtuple('Report', 'letter name shape usage help')
Capability = collections.namedtuple('Capability', 'bit name word')
Mode = collections.namedtuple('Mode', 'digit name needs word')
Word = collections.namedtuple('Word', 'word letter usage help')

TYPES = {'COMMAND': Command, 'REPORT': Report, 'CAPABILITY': Capability,
         'MODE': Mode, 'WORD': Word}


def read():
    """A dict of lists, by the kind of entry."""
    with open(TABLE, encoding='utf-8') as file:
        text = re.sub(r'/\*.*?\*/', '', file.read(), flags=re.DOTALL)
    text = re.sub(r'^#.*(?:\n(?<=\\\n).*)*', '', text, flags=re.MULTILINE)
    entries = collections.defaultdict(list)
    pattern = r'PIN_(\w+)\(((?:"(?:[^"\\]|\\.)*"|\'.\'|[^()"\'])*)\)'
    for kind, arguments in re.findall(pattern, text):
        fields = []
        for field in re.findall(r'((?:"[^"]*"\s*)+|\'.\'|[\w]+)', arguments):
            strings = re.findall(r'"([^"]*)"', field)
            fields.append(''.join(strings) if strings or field[0] == '"'
                          else field.strip("'"))
        entries[kind].append(TYPES[kind](*fields))
    return entries
