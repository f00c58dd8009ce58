# SPDX-License-Identifier: MIT
"""A test that fails shows what picod said; one that does not, nothing."""

import contextlib
import io
import unittest

import picod


def shown(body):
    """What a test with a board that is not there writes, and whether it passed."""
    class Sample(picod.Case):
        def runTest(self):
            body(self, self.picod(a='unix:/nowhere'))

    result = unittest.TestResult()
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        Sample().run(result)
    return stderr.getvalue(), result.wasSuccessful()


class Failing(unittest.TestCase):
    SAID = 'board a at unix:/nowhere'

    def check(self, body):
        text, passed = shown(body)
        self.assertFalse(passed)
        self.assertIn(self.SAID, text)

    def test_a_failure(self):
        self.check(lambda test, _: test.fail())

    def test_an_error(self):
        self.check(lambda _test, p: p.call('Send', board='b', text='1'))

    def test_a_part_of_a_test(self):
        def body(test, _):
            with test.subTest(part=1):
                test.fail()
        self.check(body)

    def test_nothing_of_one_that_passes(self):
        self.assertEqual(shown(lambda _test, p: p.board('a')), ('', True))


if __name__ == '__main__':
    unittest.main()
