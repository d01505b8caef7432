"""Every kind of reply as a picture, at the width of a desktop and of a phone, as `<scene>.png` and `<scene>-phone.png`.

Needs the extra `pictures` and a Chromium. What the pack has no question for is skipped, and said so.

    python tools/pictures.py FOLDER [--browser PATH] [--pack PATH]
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.config import shipped  # noqa: E402
from bot.engine.build import build  # noqa: E402
from bot.engine.pipeline import Engine  # noqa: E402
from bot.errors import FileFaults  # noqa: E402
from bot.serve.progress import terminal_progress  # noqa: E402
from bot.text.display import clip  # noqa: E402
from tools.scenes import SCENES, Absent, Scene, message_of, questions, staged  # noqa: E402

if TYPE_CHECKING:
    import simcord
    from playwright.async_api import Browser

EXIT_USAGE = 2
DESKTOP, PHONE = 960, 390  # CSS pixels
WIDTHS = {"": DESKTOP, "-phone": PHONE}  # by what a file's name ends with
HEIGHT = 480  # CSS pixels, and more where a conversation needs it
_AROUND = 128  # CSS pixels of the channel's name above, and of the field for a message below
_TALLEST = 8000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "pictures are an extra. Install it with pip install -e '.[pictures]'."
NO_BROWSER = (
    f"no browser for the pictures: none of {', '.join(BROWSERS)} is on PATH. "
    "Name one with --browser, or run: playwright install chromium"
)
_STEADY = ["--disable-partial-raster"]  # else a few pixels differ by 1 of 255 between two runs


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pictures. Returns the exit status: 0, or 2 where something for it is missing or faulty."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write them; it is made where it is not there")
    parser.add_argument(
        "--browser", metavar="PATH", help="the Chromium that draws them (default: one on PATH, else Playwright's)"
    )
    parser.add_argument(
        "--pack",
        type=Path,
        default=shipped("knowledge/backthecode"),
        metavar="PATH",
        help="a pack's folder, or a text file (default: the one that ships)",
    )
    options = parser.parse_args(argv)
    try:
        import linkify_it  # noqa: F401
        import playwright.async_api  # noqa: F401
        import simcord  # noqa: F401
    except ImportError:
        return _fault(MISSING)
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(picture_all(build(options.pack), options.folder, options.browser))
    except OSError as error:
        return _fault(f"{options.folder} cannot be written ({error.strerror}).")
    except FileFaults as error:
        return _fault(str(error))


async def picture_all(engine: Engine, folder: Path, named: str | None) -> int:
    """Write the pictures of all scenes; `named` is the browser. Returns the exit status: 0, or 2 where there is no browser for
    it."""
    from playwright.async_api import Error, async_playwright

    asked_for, written, skipped = questions(engine), 0, []
    tell = terminal_progress(sys.stderr)
    async with async_playwright() as playwright:
        path = find_browser(named, playwright.chromium.executable_path)
        if path is None:
            return _fault(f"--browser: there is no program {named}." if named else NO_BROWSER)
        try:
            browser = await playwright.chromium.launch(executable_path=path, args=_STEADY)
        except Error as error:
            return _fault(f"{path} cannot be used as a browser: {clip(error.message.splitlines()[0], 200)}")
        try:
            for done, scene in enumerate(SCENES):
                tell("Drawing", done, len(SCENES))
                try:
                    await picture(scene, engine, asked_for, folder, browser)
                except Absent as why:
                    skipped.append(f"skipped: {scene.name}: {why}.")
                    continue
                written += len(WIDTHS)
        finally:
            tell("Drawing", len(SCENES), len(SCENES))
            await browser.close()
    print(*skipped, sep="\n", end="\n" if skipped else "")
    print(f"written: {written} pictures in {folder}")
    return 0


async def picture(scene: Scene, engine: Engine, asked_for: Mapping[str, str], folder: Path, browser: Browser) -> None:
    """Play a scene and write its pictures. Raises Absent."""
    async with staged(scene, engine, asked_for) as s:
        shown = await scene.play(s)
        viewers = [getattr(s.world, scene.seen_by)]
        target = shown if getattr(shown, "modal", None) else message_of(shown)
        page = s.world.env.preview(s.world.channel, viewers=viewers, layout="channel", locale=scene.locale)
        async with page as preview, _lent(preview, browser):
            for ending, width in WIDTHS.items():
                height = HEIGHT
                while True:
                    taken = await preview.screenshot(target=target, mode="viewport", viewport=(width, height))
                    if not taken.geometry["overflow"]["vertical"] or height >= _TALLEST:
                        break
                    height = max(height + _AROUND, int(taken.geometry["contentExtent"]["height"]) + _AROUND)
                assert taken.png is not None
                (folder / f"{scene.name}{ending}.png").write_bytes(taken.png)


@asynccontextmanager
async def _lent(preview: simcord.Preview, browser: Browser) -> AsyncIterator[None]:
    """Let simcord take its pictures with this browser. It has no setting for that: by itself it starts Playwright's own, anew
    for each preview."""
    preview._capture_manager._browser = browser
    try:
        yield
    finally:
        preview._capture_manager._browser = None  # else it would be closed with the preview


def find_browser(named: str | None, own: str = "") -> str | None:
    """The path of a Chromium: the one named, else one on PATH, else Playwright's own if it is there."""
    if named is not None:
        return shutil.which(named)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or (own if own and Path(own).is_file() else None)


def _fault(message: str) -> int:
    print(f"pictures.py: {message}", file=sys.stderr)
    return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main())
