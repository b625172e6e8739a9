"""The flags of scripts/bench.py."""

from absl import flags
from benchmarks import scenes, video

SIZES = flags.DEFINE_list(
    "sizes",
    ["256", "512"],
    "step, statistics, controls, scale, batches, program, regress: sides of square pictures; "
    "seconds, states, batch (the first): long side; in pixels",
)
DTYPES = flags.DEFINE_list(
    "dtypes",
    ["float32", "bfloat16"],
    "step, statistics, scale and controls (the first), video (the last), program: dtypes of the "
    "features; program takes float32-exact too, which is float32 without TF32",
)
XLA = flags.DEFINE_list("xla", ["off", "on"], "step: without XLA, with it")
STEPS = flags.DEFINE_integer("steps", 8, "scale, precision, batch: steps; else rounds")
CONTENT = flags.DEFINE_string("content", "examples/louvre_court.jpg", "photograph to paint")
STYLE = flags.DEFINE_string("style", "examples/water_garden.jpg", "picture, video: painting")
WEIGHTS = flags.DEFINE_string(
    "weights", "imagenet", "picture, precision, scale, exact, program: as of the command"
)
SIZE = flags.DEFINE_integer("size", 512, "picture, precision, quality, video: long side in pixels")
RECIPE_STEPS = flags.DEFINE_integer("recipe_steps", 1000, "picture: steps of the tutorial's recipe")
RATES = flags.DEFINE_list("rates", ["0.01", "0.02", "0.04"], "picture: its learning rates")
EVALUATIONS = flags.DEFINE_integer("evaluations", 300, "picture: evaluations of the textbook's")
MORE_STEPS = flags.DEFINE_multi_string(
    "more_steps", [], "picture: steps of tf_nst besides its own, as of the command; may be repeated"
)
RESULTS = flags.DEFINE_string(
    "results", "", "picture: .json of curves, gone on with; regress: .csv to add the ratios to"
)
PLOT = flags.DEFINE_string("plot", "", "picture: .png to plot them in (needs matplotlib)")
PAIRS = flags.DEFINE_list(
    "pairs",
    ["examples/louvre_court.jpg:examples/water_garden.jpg"],
    "precision, quality: CONTENT:STYLE",
)
SETTING = flags.DEFINE_multi_string(
    "setting",
    [],
    "quality: NAME=FLAGS, with flags of the command; NAME measures the pictures in the folder of "
    "that name; may be repeated",
)
BUDGETS = flags.DEFINE_list("budgets", ["20", "60", "180", "600"], "seconds: N")
TILES = flags.DEFINE_list("tiles", ["off", "1024"], "scale: off, or pixels that a window owns")
OPTIMIZER = flags.DEFINE_string("optimizer", "adam", "scale: as of the command")
OPTIMIZERS = flags.DEFINE_list(
    "optimizers", ["adam", "lbfgs"], "program: as of the command; windows, those of one picture"
)
DUMP = flags.DEFINE_string("dump", "", "program: folder to write to, instead of compiling")
STYLE_STATISTIC = flags.DEFINE_multi_string(
    "style_statistic", [], "program: with --dump, as of the command; may be repeated"
)
ARGUMENTS = flags.DEFINE_enum(
    "arguments",
    "random",
    ["random", "pictures"],
    "program: with --dump, pictures writes the arguments of --content and --style besides",
)
TOPOLOGIES = flags.DEFINE_list(
    "topologies", ["v4:2x2x1", "v5e:2x2", "v5p:2x2x1", "v6e:2x2"], "program: TPUs to compile for"
)
COMPILER = flags.DEFINE_string(
    "compiler", "", "program: Python with jax and libtpu; by default .venv-tpu's, which is made"
)
BATCH = flags.DEFINE_integer("batch", 1, "program: pictures or windows, one a core")
MODEL = flags.DEFINE_string("model", "models/nst/1", "serving: folder of a version")
FRAMES = flags.DEFINE_integer("frames", 100, "video: frames of each clip")
CLIPS = flags.DEFINE_multi_enum(
    "clip", list(scenes.CLIPS), scenes.CLIPS, "video: a clip; given once for each"
)
WAYS = flags.DEFINE_multi_enum(
    "way", list(video.WAYS), video.WAYS, "video: a way of painting; given once for each"
)
GRAIN = flags.DEFINE_float(
    "grain", 0.0, "video: standard deviation of the camera's noise, in levels of 255"
)
URL = flags.DEFINE_string("url", "http://127.0.0.1:8501", "server: its address")
REQUESTS = flags.DEFINE_integer(
    "requests", 16, "serving, server: pictures for each number of clients; batch: pictures"
)
PICTURES = flags.DEFINE_string(
    "pictures", "", "quality: folder of a folder of pictures for each setting, and of the sheet"
)
MEASURE = flags.DEFINE_string("measure", "", "what a child process measures: a JSON list")
