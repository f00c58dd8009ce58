# SPDX-License-Identifier: MIT
"""Texts that people send, and others that nobody would."""

import random

# What one may type at a prompt, in an order in which names are known.
HAND_PICKED = r'''
1
2 + 2
3000 + 10
-5
10 // 3, 10 % 3
2 ** 30
2 ** 70
0x1f
0b101
1_000 if False else 7
not True
None
True
...
'a'
"it's"
'it\'s'
"say \"yes\""
'back\\slash'
r'raw\n'
b'bytes\x00\xff'
'tab\tnewline\n'
''
""
'nul\0byte'
'a' 'b'
'a' + "b" * 3
'%d %s %r' % (1, 'b', 'c')
'{} {:04x}'.format(1, 255)
'abc'[1]
'abc'[-1:]
'a;b'
'a#b'
'a(b'
# only a comment
2 + 2  # and a comment
x = 5
x
x += 2
x
x, y = 1, 2
x; y
x = y = 3; x + y
x;
;
;;
x == 3
x != 3
x <= 3 >= x
x << 2
x <<= 1
x
x = [1, 2, 3]
x[1:]
x[0]
x[9]
len(x)
x.append(4)
x
x.pop()
x.nothing
{}
{'a': 1}
{'a': 1}['a']
{'a': 1}['b']
{1, 2} if False else 3
()
(1,)
1, 2
1,
[]
[1, [2, [3]]]
[i for i in range(4)]
[i * i for i in range(4) if i % 2]
{i: i for i in range(2)}
sum(i for i in range(5))
(lambda: 5)()
(lambda a, b=2: a + b)(1)
f = lambda a: a * 2
f(4)
1 if x else 2
1 and 0 or 3
1 in [1]
x is None
print('a')
print('a', 'b', sep='-')
print('no newline', end='')
print()
print('two\nlines')
print(1); print(2)
print(1) or 2
print('\x04')
print('\x04\x04>')
print('\x1e')
print('\x01\x02\x05')
print('OK')
print('Traceback (most recent call last):')
print('  File "<stdin>", line 1, in <module>')
print('raw REPL; CTRL-B to exit')
'\x04\x04>'
def f(): return 7
f()
def f(a): print(a); return a + 1
f(1)
f()
f(1, 2)
def g(): yield 1
list(g())
class A: pass
A().x
class B: x = 5
B.x
B().x
class C: __repr__ = lambda self: 'C!'
C()
class D: __repr__ = lambda self: 1/0
D()
if True: 1
if True: 1; 2
if False: 1
if x: print('yes')
for i in range(3): i
for i in range(3): print(i)
for i in 'ab': i; print(i)
while x: x = None
while False: 1
try: 1/0
with x: pass
pass
pass; pass
import gc
import gc; gc.isenabled()
from gc import collect
import nothing_of_that_name
from gc import nothing
del x
x
del x
x = 5
global x
nonlocal x
return 5
yield 5
break
continue
await x
assert True
assert False
assert False, 'why'
raise ValueError
raise ValueError('no')
raise ValueError('a', 1)
raise ValueError('\x04')
raise KeyError('k')
raise
raise 5
raise KeyboardInterrupt
raise StopIteration
1/0
x = 1/0
1; 1/0; 2
[1, 2][5]
int('x')
int('12')
'a' + 1
nothing
nothing()
nothing.at_all
1 +
1 + 1 1
a b
x =
= x
)
1)
(1]
'open
"open
'''.strip('\n').split('\n') + [
    'i for i in [1]',
    '*x',
    'x := 1',
    '(y := 4)',
    'x: int = 6',
    'x: int',
    'print(x) if x else None',
    'lambda: 1 and None',
    'exec("y = 8")',
    'y',
    'eval("y + 1")',
    "exec('print(1)\\nprint(2)')",
    "exec('1/0')",
    "eval('1 +')",
    'abs(-3)',
    'max(1, 2, 3)',
    'sorted([3, 1, 2])',
    'hasattr(5, "x")',
    'isinstance(5, int)',
    'type(5)',
    'repr(5)',
    'str(b"a", "utf8")',
    'bytes([1, 2])',
    'bytearray(3)',
    'chr(65), ord("A")',
    'hex(255)',
    'round(2.5)',
    '1.5 + 1',
    '1e10',
    '0.1 + 0.2',
    'float("nan")',
    'divmod(7, 2)',
    'any([0, 1]), all([0, 1])',
    "'a'.upper()",
    "'a b'.split()",
    "'-'.join(['a', 'b'])",
    "' a '.strip()",
    "'abc'.find('c')",
    "'%s' % None",
    '(1, 2) + (3,)',
    '[1] * 3',
    "'a' in 'abc'",
    "len('" + 'x' * 300 + "')",
    '+'.join(['1'] * 150),
    '[' * 15 + ']' * 15,
    "x = '" + 'y' * 200 + "'",
    'len(x)',
    "print('" + 'z' * 120 + "')",
    'x = 1; ' * 12 + 'x',
]

# Names of the user's that picod must not stumble over.
SHADOWS = [line for name in (
    'exec', 'eval', 'compile', 'globals', 'print', 'str', 'bytes',
    'bytearray', 'len', 'repr', 'b', 'v', 't', 'p')
    for line in (f'{name} = 5', '2 + 2', 'x = 6', 'x; x', f'{name}',
                 f'del {name}')]

PROGRAMS = [
    'x = 1\nprint(x)\n',
    'x = 2\nprint(x)',
    '1\n2\n',
    'for i in range(3):\n    print(i)\n',
    'for i in range(3):\n    i\n',
    'def f(a):\n    return a * 2\n\nprint(f(4))\n',
    'class A:\n    x = 5\n\n    def m(self):\n        return self.x\n\n'
    'print(A().m())\n',
    'if True:\n    print(1)\nelse:\n    print(2)\n',
    'try:\n    1/0\nexcept ZeroDivisionError:\n    print("caught")\n'
    'finally:\n    print("at last")\n',
    'x = 0\nwhile x < 3:\n    x += 1\nprint(x)\n',
    'x = 1\n1/0\nprint(x)\n',
    'def f():\n    g()\n\n\ndef g():\n    1/0\n\n\nf()\n',
    'print("a")\nraise ValueError("b")\n',
    'print("a")\nraise ValueError("\\x04")\n',
    'x = (1,\n     2)\nprint(x)\n',
    'x = """two\nlines"""\nprint(x)\n',
    "print('\\x04\\x04>')\nprint('after')\n",
    "print('\\x1e\\x04')\nprint('after')\n",
    '# a comment\n\n\nprint(1)  # another\n',
    'x = 1 + \\\n    2\nprint(x)\n',
    'if True:\n  print(1)\n    print(2)\n',
    'if True:\nprint(1)\n',
    'x = 1\n  y = 2\n',
    'def f(:\n    pass\n',
    'print(1\nprint(2)\n',
    'x = 1\nx +\n',
    'return 5\nx = 1\n',
    'def f():\n',
    'try:\n    x = 1\n',
    'import gc\ngc.collect()\nprint("ok")\n',
    'exec = 5\nprint(exec)\ndel exec\n',
    'x = [i for i in range(5)]\nprint(x)\n',
    'print("no newline", end="")\nx = 5\n',
    'print(\n"a",\n"b")\n',
]


class Generator:
    """Lines and programs, the same for the same seed."""

    NAMES = ['a', 'b', 'c', 'x', 'y', 'f', 'r1', 'r2', 'r3', 'bb']

    def __init__(self, seed):
        self.random = random.Random(seed)

    def one_of(self, *choices):
        return self.random.choice(choices)

    def atom(self):
        return self.one_of(
            str(self.random.randrange(20)), self.one_of(*self.NAMES),
            self.one_of("'s'", '"t"', "b'u'", "''", "'a;b'", "'#'"),
            'None', 'True', '[]', '()', '{}')

    def expression(self, depth=0):
        if depth > 2 or self.random.random() < 0.3:
            return self.atom()
        def sub():
            return self.expression(depth + 1)
        return self.one_of(
            lambda: f'{sub()} {self.one_of(*"+-*/%&|^")} {sub()}',
            lambda: f'{sub()} {self.one_of("==", "<", "in", "is", "and")} '
                    f'{sub()}',
            lambda: f'({sub()})',
            lambda: f'[{sub()}, {sub()}]',
            lambda: f'({sub()}, {sub()})',
            lambda: f'{sub()} if {sub()} else {sub()}',
            lambda: f'not {sub()}',
            lambda: f'[{self.one_of(*self.NAMES)} for '
                    f'{self.one_of(*self.NAMES)} in {sub()}]',
            lambda: f'{self.one_of("len", "repr", "str", "bool")}({sub()})',
            lambda: f'{self.one_of(*self.NAMES)}({sub()})',
            lambda: f'{sub()}[{sub()}]',
            lambda: f'print({sub()})',
            lambda: f'(lambda {self.one_of(*self.NAMES)}: {sub()})({sub()})',
        )()

    def simple(self):
        name = self.one_of(*self.NAMES)
        return self.one_of(
            lambda: self.expression(), lambda: self.expression(),
            lambda: f'{name} = {self.expression()}',
            lambda: f'{name} = {self.expression()}',
            lambda: f'{name} {self.one_of("+=", "-=")} '
                    f'{self.expression()}',
            lambda: f'print({self.expression()}, {self.expression()})',
            lambda: f'del {name}',
            lambda: 'pass',
            lambda: f'{self.expression()}, {self.expression()}',
            lambda: f'assert {self.expression()}',
            lambda: f'raise ValueError({self.expression()})',
        )()

    def line(self):
        return self.one_of(
            self.simple, self.simple, self.simple,
            lambda: '; '.join(self.simple() for _ in range(2)),
            lambda: '; '.join(self.simple() for _ in range(3)),
            lambda: f'{self.simple()}  # {self.expression()}',
            lambda: f'if {self.expression()}: {self.simple()}',
            lambda: f'for {self.one_of(*self.NAMES)} in range(3): '
                    f'{self.simple()}',
            lambda: f'def f(a): return {self.expression()}',
        )()

    def block(self, indent):
        lines = [' ' * indent + self.simple()
                 for _ in range(self.random.randrange(1, 4))]
        if indent < 8 and self.random.random() < 0.4:
            lines.append(' ' * indent + self.one_of(
                f'if {self.expression()}:', 'for i in range(2):',
                'def f(a):', 'while False:'))
            lines += self.block(indent + 4)
        return lines

    def program(self):
        lines = self.block(0)
        while len(lines) < 2:
            lines += self.block(0)
        return '\n'.join(lines) + self.one_of('', '\n')

    def texts(self, count):
        return [self.program() if i % 5 == 4 else self.line()
                for i in range(count)]


def texts(count, seed=1):
    """That many: hand-picked ones first, then others."""
    chosen = HAND_PICKED + SHADOWS + PROGRAMS
    return (chosen + Generator(seed).texts(max(0, count - len(chosen))))
