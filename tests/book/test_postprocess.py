"""The extensions that change finished pages find elements by what they are, however the theme happens to write them."""

from types import SimpleNamespace

import accessibility
import minify
import offline
import postprocess
import pytest


@pytest.fixture
def finished(tmp_path):
    """Finish a page of this body by these handlers, as after a build, and return what is then in the file."""

    def finish(body, *handlers):
        def emit(event, elements):
            assert event == "page-finished"
            for handler in handlers:
                handler(app, elements)

        app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"), emit=emit)
        (tmp_path / "page.html").write_text(body, encoding="utf-8")
        postprocess.finish(app, None)
        return (tmp_path / "page.html").read_text(encoding="utf-8")

    return finish


def test_page_without_a_handler_keeps_every_character(finished):
    page = '<p class="a b">x &lt; y &amp; “z” \\(a&lt;b\\)</p><script>if (1 < 2 && 3) "&amp;";</script>'
    assert finished(page) == page


def test_pages_of_a_failed_build_are_left_alone(tmp_path):
    (tmp_path / "page.html").write_text("<p>")
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    postprocess.finish(app, RuntimeError())
    assert (tmp_path / "page.html").read_text() == "<p>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<button aria-label="x" class="search-button-field b">', '<button class="search-button-field b"></button>'),
        ('<button aria-label="Search" class="b">', '<button aria-label="Search" class="b"></button>'),
        (
            '<summary><span class="x toctree-toggle"></span></summary>',
            '<summary aria-label="Pages of this part"><span class="x toctree-toggle"></span></summary>',
        ),
        ("<dl><dd><em>a</em></dd></dl>", '<span class="sig-line"><em>a</em></span>'),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
    ],
)
def test_names_are_given_and_misleading_ones_taken_away(finished, before, after):
    assert finished(before, accessibility.name_parts) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<span class="math">a</span>.) And', '<span class="math">a.)</span> And'),
        ('<span class="math">a</span> .', '<span class="math">a</span> .'),
        ('<span class="term">a</span>.', '<span class="term">a</span>.'),
    ],
)
def test_punctuation_after_mathematics_joins_it(finished, before, after):
    assert finished(before, offline.join_punctuation) == after


def test_settings_of_thebe_are_removed_and_other_scripts_stay(finished):
    thebe = '<script type="text/x-thebe-config">{}</script>\n<script>\n kernelName = "python3"</script>'
    assert finished(f"{thebe}<script>other()</script>", offline.drop_thebe_scripts) == "\n<script>other()</script>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<div id="jb-print-toc"><nav></nav></div>', ""),
        ("<pre><span></span><b>x</b></pre>", "<pre><b>x</b></pre>"),
        ('<a href="bibliography.html#id7" title="Wilson">', '<a href="bibliography.html#id7"></a>'),
        ('<div class="cell tag_a tag_nbval-skip docutils">', '<div class="cell tag_a docutils"></div>'),
        ('<div class="cell_output docutils container">', '<div class="cell_output"></div>'),
        (
            '<code class="docutils literal notranslate"><span class="pre">a</span> <span class="pre">b</span></code>',
            '<code class="literal notranslate">a b</code>',
        ),
        (
            '<dt class="sig"><span class="n"><span class="pre">a</span></span><b>b</b></dt>',
            '<dt class="sig">a<b>b</b></dt>',
        ),
        ('<p><span class="pre">a</span></p>', '<p><span class="pre">a</span></p>'),
    ],
)
def test_what_is_not_asked_for_is_left_out(finished, before, after):
    assert finished(before, minify.drop_unasked, minify.drop_classes) == after
