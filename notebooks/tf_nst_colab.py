# %% [markdown]
# # A photograph, painted in the manner of a painting
#
# Installs tf_nst, paints the example or a pair of your own on the TPU, the GPU or the CPU of this
# runtime, shows the picture while it is painted, and then its losses; at the end it writes a model
# for TensorFlow Serving and asks it for a picture.
#
# *Runtime > Run all* needs no edit: where tf_nst is neither installed nor around the notebook, and
# `PACKAGE` in the first cell is empty, the second asks for a file of it. The outputs below are from
# two cores of a CPU. The notebook was never run in Colab itself: there, its installation and its
# uploads are untried.

# %% [markdown]
# ## Settings
#
# - `PACKAGE`: the public address of a git repository, or the name of a `.zip` of the sources or of
#   a `.whl` in the runtime's folder (a wheel holds no example: a pair is asked for). Empty: the
#   checkout around this notebook, else what is installed, else a `.zip` or `.whl` that you upload.
# - `UPLOAD`: asks for your own photograph and painting.
# - `SIZE` and `STEPS` of the picture, `SERVED_SIZE` and `SERVED_STEPS` of the served model: long
#   sides in pixels, evaluations of the loss. Two cores of a CPU take some minutes for these.

# %% tags=["parameters"]
PACKAGE = ""  # @param {type:"string"}
UPLOAD = False  # @param {type:"boolean"}
SIZE = 384  # @param {type:"integer"}
STEPS = 100  # @param {type:"integer"}
SERVED_SIZE = 256  # @param {type:"integer"}
SERVED_STEPS = 50  # @param {type:"integer"}

# %% [markdown]
# ## Installation
#
# Nothing is installed where tf_nst is already there and no `PACKAGE` is named. The runtime's own
# TensorFlow, which has its GPU or TPU, is never replaced.

# %% tags=["install"]
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def fetched(package: str) -> Path:
    """A wheel as it is; the folder of the sources in an archive or a git repository."""
    if package.endswith(".whl"):
        return Path(package)
    folder = Path(tempfile.mkdtemp())
    if package.endswith(".zip"):
        shutil.unpack_archive(package, folder)
    else:
        command = ["git", "clone", "--quiet", "--depth=1", package, str(folder / "tf_nst")]
        subprocess.run(command, check=True)
    return next(folder.glob("*/setup.cfg")).parent


def checkout() -> Path | None:
    """The folder of the sources around this notebook, where there are any."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "setup.cfg").exists() and (folder / "tf_nst").is_dir():
            return folder
    return None


def uploaded(what: str) -> str:
    """Asks for one file, which Colab puts into the runtime's folder; its name."""
    try:
        from google.colab import files
    except ImportError:
        raise FileNotFoundError(f"{what}: expected Colab, or its name in the first cell") from None
    print(f"{what}:")
    names = list(files.upload())
    if len(names) != 1:
        raise FileNotFoundError(f"{what}: expected one file, received {len(names)}; run this again")
    return names[0]


def pip_install(*arguments: str) -> None:
    """Installs into the environment of this notebook."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *arguments], check=True)


def install(sources: str) -> None:
    """tf_nst, and of what it needs all but the TensorFlow that is there."""
    if importlib.util.find_spec("tensorflow") is None:
        pip_install(sources)
        return
    pip_install("--no-deps", sources)
    importlib.invalidate_caches()
    needed = importlib.metadata.requires("tf_nst") or ()
    others = [it for it in needed if "extra ==" not in it and not it.startswith("tensorflow")]
    pip_install(*others)


SOURCES = fetched(PACKAGE) if PACKAGE else checkout()
if PACKAGE or importlib.util.find_spec("tf_nst") is None:
    if SOURCES is None:
        SOURCES = fetched(uploaded("tf_nst, a .zip of its sources or a .whl"))
    install(str(SOURCES))

# %% [markdown]
# ## Device
#
# `strategy="auto"` takes a TPU where one is, else the GPU, else the CPU: *Runtime > Change runtime
# type* has the choice.

# %% tags=["device"]
import tf_nst
from tf_nst.cli.quiet import quiet

with quiet(debug=False):  # TensorFlow's own lines
    import tensorflow as tf

    from tf_nst.engine.strategy import make_strategy, strategy_name

    device = strategy_name(make_strategy("auto", 1, print))
tf.get_logger().setLevel("ERROR")
print(f"TensorFlow {tf.__version__}, {device}")

# %% [markdown]
# ## The pair

# %% tags=["pair"]
import io

import numpy as np
from IPython import display
from PIL import Image as Pillow

from tf_nst.io.images import Image, read_image


def side_by_side(*pictures: Image, height: int = 320) -> display.Image:
    """A JPEG to display, of pictures that are brought to one height in pixels."""
    sized = []
    for picture in pictures:
        width = round(picture.width * height / picture.height)
        sized.append(picture.to_pillow().convert("RGB").resize((width, height)))
    buffer = io.BytesIO()
    Pillow.fromarray(np.hstack(sized)).save(buffer, "JPEG", quality=85)
    return display.Image(buffer.getvalue(), format="jpeg")


EXAMPLES = (SOURCES or Path()) / "examples"
if UPLOAD or not EXAMPLES.is_dir():
    content, style = uploaded("the photograph"), uploaded("the painting")
else:
    content, style = str(EXAMPLES / "louvre_court.jpg"), str(EXAMPLES / "water_garden.jpg")
side_by_side(read_image(content), read_image(style))

# %% [markdown]
# ## Painting
#
# The picture is painted at several sizes, the small ones first. It is shown after each call of the
# compiled steps.

# %% tags=["paint"]
from tf_nst.engine.events import ScaleStarted, StepsDone

losses, scale_starts = {}, []
status = display.display(display.Markdown("loading"), display_id=True)
canvas = display.display(side_by_side(read_image(content)), display_id=True)


def show(event):
    """Keeps the losses and shows the picture so far."""
    if isinstance(event, ScaleStarted):
        scale_starts.append(len(next(iter(losses.values()), [])))
    elif isinstance(event, StepsDone):
        for name, values in event.values.items():
            losses.setdefault(name, []).extend(values[:, 0])
        width, height = event.scale.width, event.scale.height
        line = f"step {event.step} of {STEPS}, {width} × {height} pixels"
        status.update(display.Markdown(line))
        canvas.update(side_by_side(Image.from_float(event.image[0])))


options = {"size": SIZE, "steps": STEPS, "strategy": "auto"}
picture = tf_nst.stylize(content, style, listeners=(show,), report=print, **options)
for note in picture.save("painted.png"):
    print(note)

# %% [markdown]
# ## The picture and its losses
#
# Each loss is relative to its own target, without its weight. A grey line is where the next size
# begins.

# %% tags=["picture"]
side_by_side(read_image(content), picture, height=384)

# %% tags=["losses"]
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(8, 4))
for start in scale_starts:
    axes.axvline(start, color="0.85")
for name, values in losses.items():
    axes.semilogy(values, label=name)
axes.set_xlabel("step")
axes.set_ylabel("loss")
axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
plt.show()

# %% [markdown]
# ## A model for a server
#
# The export holds the loop, the weights and the style. A server answers with it as it is asked
# here, in this process: bytes of a photograph in, bytes of a picture out.

# %% tags=["export"]
options = {"size": SERVED_SIZE, "steps": SERVED_STEPS}
folder = tf_nst.export("models/nst", style, report=print, **options)
size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
print(f"{folder}: {size / 1e6:.1f} MB")

# %% tags=["ask"]
from tf_nst.serving.sending import picture_to_send

model = tf.saved_model.load(str(folder))
asked = tf.constant([picture_to_send(content, "content").data])
answer = model.signatures["serving_default"](content_bytes=asked)
Path("answer.png").write_bytes(answer["image_bytes"].numpy()[0])
side_by_side(read_image(content), read_image("answer.png"))
