# SPDX-License-Identifier: MIT
"""Holds Varlink messages against an interface description, as picod's own
checker does not: everything is required, nothing unknown is let pass."""

import re

TOKEN = re.compile(r'#[^\n]*|->|\?|\[\]|\[string\]|[():,]|'
                   r'[A-Za-z][A-Za-z0-9_.-]*|\s+|.')


class Interface:
    """One interface: its types, methods and errors."""

    def __init__(self, text):
        self.tokens = [token for token in TOKEN.findall(text)
                       if not token.isspace() and token[0] != '#']
        self.types, self.methods, self.errors = {}, {}, {}
        self.expect('interface')
        self.name = self.take()
        while self.tokens:
            self.parse_member()

    # -------------------------------------------------------------- reading

    def take(self):
        return self.tokens.pop(0)

    def expect(self, wanted):
        token = self.take()
        if token != wanted:
            raise ValueError(f'{wanted} expected, not {token}')

    def parse_member(self):
        keyword, name = self.take(), self.take()
        if keyword == 'type':
            self.types[name] = self.parse_fields()
        elif keyword == 'error':
            self.errors[name] = self.parse_fields()
        elif keyword == 'method':
            parameters = self.parse_fields()
            self.expect('->')
            self.methods[name] = (parameters, self.parse_fields())
        else:
            raise ValueError(f'{keyword} is no keyword')

    def parse_fields(self):
        """A struct as {name: type}, or an enumeration as a set of names."""
        self.expect('(')
        fields, names = {}, set()
        while self.tokens[0] != ')':
            name = self.take()
            if self.tokens[0] == ':':
                self.take()
                fields[name] = self.parse_type()
            else:
                names.add(name)
            if self.tokens[0] == ',':
                self.take()
        self.expect(')')
        if fields and names:
            raise ValueError('half a struct, half an enumeration')
        return names or fields

    def parse_type(self):
        token = self.tokens[0]
        if token in ('?', '[]', '[string]'):
            self.take()
            return (token, self.parse_type())
        if token == '(':
            return self.parse_fields()
        return self.take()

    # ------------------------------------------------------------- checking

    def check_in(self, method, value):
        self.check(self.methods[method][0], value, method)

    def check_out(self, method, value):
        self.check(self.methods[method][1], value, method)

    def check_error(self, error, value):
        self.check(self.errors[error], value, error)

    def check(self, kind, value, where):
        """Raises ValueError unless the value is of that kind."""
        if isinstance(kind, tuple):
            self.check_wrapped(*kind, value, where)
        elif isinstance(kind, set):
            if value not in kind:
                raise ValueError(f'{where}: {value!r} is none of {kind}')
        elif isinstance(kind, dict):
            self.check_struct(kind, value, where)
        elif kind in self.types:
            self.check(self.types[kind], value, where)
        else:
            python = {'string': str, 'int': int, 'bool': bool, 'float': float,
                      'object': object}[kind]
            if type(value) is not python and python is not object:
                raise ValueError(f'{where}: {value!r} is no {kind}')

    def check_wrapped(self, wrapper, kind, value, where):
        if wrapper == '?':
            if value is not None:
                self.check(kind, value, where)
        elif wrapper == '[]':
            if type(value) is not list:
                raise ValueError(f'{where}: {value!r} is no array')
            for index, each in enumerate(value):
                self.check(kind, each, f'{where}[{index}]')
        else:
            if type(value) is not dict:
                raise ValueError(f'{where}: {value!r} is no map')
            for name, each in value.items():
                self.check(kind, each, f'{where}[{name!r}]')

    def check_struct(self, fields, value, where):
        if type(value) is not dict:
            raise ValueError(f'{where}: {value!r} is no object')
        for name in value.keys() - fields.keys():
            raise ValueError(f'{where}: nobody knows {name}={value[name]!r}')
        for name, kind in fields.items():
            if name not in value and kind[0] != '?':
                raise ValueError(f'{where}: {name} is missing in {value}')
            self.check(kind, value.get(name), f'{where}.{name}')
