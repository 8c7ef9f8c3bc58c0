"""The closing lines of each runner, as they print them, and what must never count as success."""
import sys
import tempfile
import unittest
from pathlib import Path

import counted
import gtests
import suites
from counted import Count, read

GTEST = """[==========] Running 3 tests from 1 test suite.
[==========] 3 tests from 1 test suite ran. (1 ms total)
[  PASSED  ] 1 test.
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] Data.IsThere
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Money.Adds

 1 FAILED TEST
"""
UNITTEST = "....\n" + "-" * 70 + "\nRan 4 tests in 0.013s\n\n"


class CountedTest(unittest.TestCase):
    def test_reads_gtest(self):
        self.assertEqual(Count(1, 1, 1), read(GTEST, 1))

    def test_adds_up_several_gtest_programs(self):
        one = "[==========] 2 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 2 tests.\n"
        self.assertEqual(Count(4, 0, 0), read(one + one, 0))

    def test_reads_ctest(self):
        self.assertEqual(Count(2, 1, 0), read("67% tests passed, 1 tests failed out of 3\n", 8))

    def test_reads_node_in_both_of_its_shapes(self):
        self.assertEqual(Count(3, 1, 2), read("# tests 6\n# pass 3\n# fail 1\n# cancelled 0\n# skipped 2\n# todo 0\n", 1))
        self.assertEqual(Count(3, 0, 0), read("ℹ tests 3\nℹ pass 3\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n", 0))

    def test_reads_unittest(self):
        self.assertEqual(Count(4, 0, 0), read(UNITTEST + "OK\n", 0))
        self.assertEqual(Count(3, 0, 1), read(UNITTEST + "OK (skipped=1)\n", 0))
        self.assertEqual(Count(1, 2, 1), read(UNITTEST + "FAILED (failures=1, errors=1, skipped=1)\n", 1))

    def test_reads_pytest(self):
        self.assertEqual(Count(2, 1, 1), read("==== 1 failed, 2 passed, 1 skipped in 0.10s ====\n", 1))

    def test_reads_the_plain_line_and_only_its_last(self):
        self.assertEqual(Count(7, 0, 2), read("1 passed, 1 failed\n7 passed, 0 failed, 2 skipped\n", 0))

    def test_silence_is_a_failure(self):
        self.assertEqual(Count(0, 1, 0), read("", 0))
        self.assertEqual(Count(0, 1, 0), read("0 passed, 0 failed, 0 skipped\n", 0))

    def test_a_bad_exit_code_is_a_failure_whatever_was_counted(self):
        self.assertEqual(Count(5, 1, 0), read("5 passed, 0 failed, 0 skipped\n", 139))

    def test_a_command_past_its_limit_is_ended_and_failed(self):
        with tempfile.TemporaryFile() as out:
            self.assertEqual(-1, counted.run([sys.executable, "-c", "never = None\nwhile True: pass"], out, 0.2))


class GtestsTest(unittest.TestCase):
    def results(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "limits_test.json")
            path.write_text(text)
            return gtests.gtest_count(path)

    def test_counts_single_tests_of_a_program(self):
        text = """{"testsuites": [{"testsuite": [
            {"name": "a", "status": "RUN", "result": "COMPLETED"}, {"name": "b", "status": "RUN", "result": "SKIPPED"},
            {"name": "c", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "no"}]},
            {"name": "d", "status": "NOTRUN", "result": "SUPPRESSED"}]}]}"""
        self.assertEqual(Count(1, 1, 1), self.results(text))

    def test_a_program_that_died_is_a_failure_whatever_it_wrote(self):
        self.assertIsNone(self.results('{"testsuites": ['))
        self.assertEqual(Count(0, 1, 0), gtests.count_of("fail", None))
        self.assertEqual(Count(5, 1, 0), gtests.count_of("fail", Count(5, 0, 0)))
        self.assertEqual(Count(0, 1, 0), gtests.count_of("notrun", None))

    def test_a_ctest_test_that_is_no_gtest_counts_itself(self):
        self.assertEqual(Count(1, 0, 0), gtests.count_of("run", None))


class SuitesTest(unittest.TestCase):
    def table(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "suites.txt")
            path.write_text(text)
            return suites.read_table(path)

    def test_a_line_is_a_suite_and_a_comment_is_none(self):
        (suite,) = self.table("# words\n\n#later 9 build ./later\nunit 30 build,clients tools/gtests.py build -R 'a b'\n")
        self.assertEqual(("unit", 30, ["build", "clients"], "tools/gtests.py build -R 'a b'"),
                         (suite.name, suite.budget_s, suite.needs, suite.command))

    def test_a_line_without_a_budget_is_refused(self):
        with self.assertRaises(SystemExit): self.table("unit build tools/gtests.py build\n")

    def test_a_name_that_is_no_suite_is_a_folder_of_src_or_an_error(self):
        self.assertIn("^base$", suites.chosen([], ["base"])[0].command)
        with self.assertRaises(SystemExit): suites.chosen([], ["no-such-thing"])


if __name__ == "__main__":
    unittest.main()
