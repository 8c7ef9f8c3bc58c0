"""Builds small houses with one fault each and expects tools/floors to name it."""
import importlib.util
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

LOADER = SourceFileLoader("floors", str(Path(__file__).with_name("floors")))
SPEC = importlib.util.spec_from_loader("floors", LOADER)
floors = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(floors)

SOUND = {
    "src/CMakeLists.txt": "foreach(folder\n    base\n    domain json\n    limits routing\n    storage\n    app)\nendforeach()\n",
    "src/base/CMakeLists.txt": "tollgate_folder(base)\n",
    "src/base/words.h": "#pragma once\n// Words.\n",
    "src/domain/CMakeLists.txt": "tollgate_folder(domain NEEDS base)\n",
    "src/domain/call.h": '#pragma once\n// A call.\n#include <vector>\n#include "base/words.h"\n',
    "src/limits/CMakeLists.txt": "tollgate_folder(limits NEEDS base domain USES date::date)\n",
    "src/limits/budget.cpp": '#include "limits/budget.h"\n#include "domain/call.h"\n',
    "src/limits/budget.h": '#pragma once\n// A budget.\n#include "base/words.h"\n',
    "src/limits/budget_test.cpp": '#include "limits/budget.h"\n#include <unistd.h>\n',
    "src/storage/CMakeLists.txt": "tollgate_folder(storage NEEDS base)\n",
    "src/storage/all.cpp": '#include "storage/journal/segment.h"\n#include "storage/files/folder.h"\n',
    "src/storage/files/folder.h": '#pragma once\n// Files.\n#include <fcntl.h>\n#include "base/words.h"\n',
    "src/storage/journal/segment.h": '#pragma once\n// A segment.\n#include "storage/shared.h"\n',
    "src/storage/shared.h": "#pragma once\n// Shared.\n",
    "README.md": "# The house\n\nSee [the map](docs/map.md#two-floors) and `[not a](link)`.\n",
    "docs/map.md": "# Map\n\n## Two floors\n\n[back](../README.md), [here](#map)\n",
}


def faults(changes=None):
    """The faults of a sound house in which these files were changed; None removes a file."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {**SOUND, **(changes or {})}.items():
            if text is None: continue
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return [sentence for _, found in floors.House(Path(folder)).check() for sentence in found]


class FloorsTest(unittest.TestCase):
    def only(self, rule, word, changes):
        found = faults(changes)
        self.assertEqual([rule], sorted({rule for rule, _ in found}), found)
        self.assertIn(word, "\n".join(sentence for _, sentence in found))

    def test_a_sound_house_has_no_faults(self):
        self.assertEqual([], faults())

    def test_an_include_that_needs_does_not_name_is_refused(self):
        self.only("needs", "lacks domain", {"src/limits/CMakeLists.txt": "tollgate_folder(limits NEEDS base)\n"})

    def test_what_a_needed_folder_needs_is_not_inherited(self):
        self.only("needs", "lacks base", {"src/storage/CMakeLists.txt": "tollgate_folder(storage NEEDS domain)\n",
                                          "src/storage/shared.h": '#pragma once\n// S.\n#include "domain/call.h"\n'})

    def test_a_need_that_nothing_uses_is_refused(self):
        self.only("unused", "includes domain", {"src/limits/budget.cpp": '#include "limits/budget.h"\n'})

    def test_a_step_upward_is_refused(self):
        self.only("upward", "needs storage", {
            "src/limits/CMakeLists.txt": "tollgate_folder(limits NEEDS base domain storage)\n",
            "src/limits/budget.cpp": '#include "limits/budget.h"\n#include "domain/call.h"\n#include "storage/shared.h"\n'})

    def test_neighbours_of_one_floor_do_not_know_each_other(self):
        self.only("upward", "needs limits", {
            "src/routing/CMakeLists.txt": "tollgate_folder(routing NEEDS limits)\n",
            "src/routing/plan.cpp": '#include "limits/budget.h"\n'})

    def test_an_include_that_is_not_written_from_src_is_refused(self):
        self.only("needs", "not a file of src/", {"src/limits/budget.cpp": '#include "budget.h"\n#include "domain/call.h"\n'})

    def test_folders_of_one_shelf_do_not_know_each_other(self):
        self.only("shelf", "storage/files/folder.h", {
            "src/storage/journal/segment.h": '#pragma once\n// A segment.\n#include "storage/files/folder.h"\n'})

    def test_a_test_may_use_a_neighbour_of_its_shelf_and_system_headers(self):
        self.assertEqual([], faults({
            "src/storage/journal/segment_test.cpp": '#include "storage/files/folder.h"\n',
            "src/limits/folder_for_test.h": "#pragma once\n// A folder.\n#include <unistd.h>\n"}))

    def test_a_rule_includes_no_system_header(self):
        self.only("system", "sys/socket.h", {"src/limits/budget.h": '#pragma once\n// B.\n#include <sys/socket.h>\n#include "base/words.h"\n'})

    def test_a_library_from_outside_stays_at_home(self):
        self.only("system", "only json/ may", {"src/storage/shared.h": "#pragma once\n// S.\n#include <simdjson.h>\n"})

    def test_a_header_begins_with_pragma_once_and_its_idea(self):
        self.only("header", "pragma once", {"src/storage/shared.h": "// S.\n#pragma once\n"})
        self.only("header", "idea", {"src/storage/shared.h": "#pragma once\n#include <vector>\n"})

    def test_a_file_of_401_lines_is_too_long(self):
        self.only("length", "401 lines", {"src/base/words.h": "#pragma once\n// W.\n" + "\n" * 399})
        self.assertEqual([], faults({"src/base/words.h": "#pragma once\n// W.\n" + "\n" * 398}))

    def test_a_todo_has_a_topic_and_a_reason(self):
        self.only("todo", "line 3", {"src/base/words.h": "#pragma once\n// W.\n// TODO: later\n"})
        self.assertEqual([], faults({"src/base/words.h": "#pragma once\n// W.\n// TODO(fleet): leases come with it\n"}))

    def test_a_file_name_says_what_is_in_it(self):
        self.only("name", "'util'", {"src/base/text_util.h": "#pragma once\n// T.\n"})

    def test_a_link_leads_to_a_page_and_a_heading(self):
        self.only("link", "docs/gone.md", {"README.md": "[gone](docs/gone.md)\n"})
        self.only("link", "no such heading", {"README.md": "[map](docs/map.md#three-floors)\n"})

    def test_a_written_exception_excuses_its_fault(self):
        shelf = {"src/storage/journal/segment.h": '#pragma once\n// A segment.\n#include "storage/files/folder.h"\n'}
        excuse = {"tools/floors.txt": "shelf storage/journal storage/files segments are files\n"}
        self.assertEqual([], faults({**shelf, **excuse}))

    def test_an_exception_that_excuses_nothing_is_a_fault(self):
        self.only("exceptions", "excuses nothing", {"tools/floors.txt": "shelf storage/journal storage/files segments are files\n"})

    def test_an_exception_without_reason_is_a_fault(self):
        self.only("exceptions", "no reason", {"tools/floors.txt": "shelf storage/journal storage/files\n"})


if __name__ == "__main__":
    unittest.main()
