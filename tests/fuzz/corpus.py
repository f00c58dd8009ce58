# SPDX-License-Identifier: MIT
"""Corpora of fuzzers, as files of lines and as libFuzzer's folders.

    corpus.py unpack FILE FOLDER
    corpus.py pack FOLDER FILE

A line is an input, printable characters as they are, others as \\xNN; # begins
a comment.  What stands before the line "# by chance" has been put there by
hand, with a word on what it is; pack replaces what comes after it.
"""

import hashlib
import os
import re
import sys

CHANCE = '# by chance\n'


def decode(line):
    return re.sub(rb'\\x([0-9a-f]{2})', lambda match: bytes.fromhex(
        match[1].decode()), line.encode())


def encode(data):
    plain = {byte for byte in range(32, 127)} - set(b'\\')
    text = ''.join(chr(byte) if byte in plain else f'\\x{byte:02x}'
                   for byte in data)
    return '\\x23' + text[1:] if text.startswith('#') else text


def read(path):
    """The lines put there by hand, and those by chance."""
    if not os.path.exists(path):
        return [], []
    with open(path) as file:
        lines = list(file)
    cut = lines.index(CHANCE) if CHANCE in lines else len(lines)
    return lines[:cut], lines[cut + 1:]


def inputs(lines):
    return [decode(line.rstrip('\n')) for line in lines
            if not line.startswith('#') and line != '\n']


def unpack(path, folder):
    os.makedirs(folder, exist_ok=True)
    for data in inputs(sum(read(path), [])):
        name = hashlib.sha1(data).hexdigest()
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(data)


def pack(folder, path):
    by_hand, _ = read(path)
    found = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), 'rb') as file:
            found.add(file.read())
    found -= {b'', *inputs(by_hand)}
    with open(path, 'w') as file:
        file.writelines([*by_hand, CHANCE])
        file.writelines(encode(data) + '\n'
                        for data in sorted(found, key=lambda d: (len(d), d)))


def main():
    what, *paths = sys.argv[1:]
    {'unpack': unpack, 'pack': pack}[what](*paths)


if __name__ == '__main__':
    main()
