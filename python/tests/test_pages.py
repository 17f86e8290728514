"""explore, experiment and report."""

import sys

import pytest

import colcomb
from colcomb import _core


def test_explorations_go_on_and_have_a_front(packed, tmp_path):
    packed.save(tmp_path / "net.packed")
    spec = tmp_path / "sizes.toml"
    spec.write_text('schema = 1\nnetwork = "net.packed"\nevaluate.images = 0\narray = "4x4"\n[vary]\n'
                    '"array.rows" = [4, 8]\n"array.columns" = [4, 8]\n')
    calls = []
    found = colcomb.explore(spec, tmp_path / "sizes", threads=1,
                            progress=lambda done, total: calls.append((done, total)))
    assert (found.total, found.before, found.failed, len(found.points)) == (4, 0, 0, 4)
    assert calls[-1] == (4, 4) and "4 of 4 points known" in str(found)
    point = found.points[-1]
    assert point.settings["array.rows"] == "8" and point.settings["array.columns"] == "8"
    direct = colcomb.simulate(packed, "8x8")
    assert point.results["interval"] == direct.interval
    front = found.front(minimize=["interval", "array_cells"])
    best = min(found.points, key=lambda one: one.results["interval"])
    assert best.results["interval"] in [one.results["interval"] for one in front]
    assert "<table>" in found._repr_html_()
    assert colcomb.explore(spec, tmp_path / "sizes").before == 4
    with pytest.raises(colcomb.UserError) as caught:
        found.front(minimize=["beauty"])
    assert caught.value.field == "minimize"


def test_an_error_in_a_progress_function_comes_back(packed, tmp_path):
    def fail(done, total):
        raise RuntimeError("enough")

    packed.save(tmp_path / "net.packed")
    spec = tmp_path / "one.toml"
    spec.write_text('schema = 1\nnetwork = "net.packed"\nevaluate.images = 0\narray = "4x4"\n')
    with pytest.raises(RuntimeError, match="enough"):
        colcomb.explore(spec, tmp_path / "one", progress=fail)


def test_a_lesson_is_a_page(tmp_path):
    page = colcomb.report(lesson=True, figures=tmp_path / "figures")
    assert page.document and str(page)
    if "page" in _core.parts:
        page = colcomb.report(lesson=True, out=tmp_path / "lesson.html")
        assert page.path.read_text().startswith("<!") and "iframe" in page._repr_html_()
    else:
        with pytest.raises(colcomb.UserError):
            page.html()


def test_reports_of_nothing_are_refused(tmp_path):
    with pytest.raises(colcomb.UserError) as caught:
        colcomb.report(tmp_path)
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(colcomb.UserError):
        colcomb.report(tmp_path, lesson=True)
    with pytest.raises(colcomb.UserError):
        colcomb.report()


def test_experiments_start_the_program(tmp_path):
    script = tmp_path / "colcomb"
    script.write_text(f"#!{sys.executable}\nimport sys\nprint(' '.join(sys.argv[1:]))\n"
                      "sys.exit('--fail' in sys.argv)\n")
    script.chmod(0o755)
    lines = []
    said = colcomb.experiment("alpha-sweep", tmp_path / "out", program=str(script),
                              log=lines.append, epochs=2, networks=["a", "b"], check_images=0,
                              json=True, threads=None)
    expected = (f"experiment alpha-sweep --out {tmp_path / 'out'} --epochs 2 --networks a b "
                "--check-images 0 --json")
    assert said == expected + "\n" and lines == [expected]
    with pytest.raises(colcomb.UserError) as caught:
        colcomb.experiment("alpha-sweep", tmp_path, program=str(script), fail=True)
    assert caught.value.where == "colcomb experiment alpha-sweep"
