#!/usr/bin/env python3
"""torchvision's networks, imported whole: do all implementations say the same? Prints a table as
Markdown. The networks have random weights, with which some would say the same of every picture, so
first they are made to live: batch norm takes its statistics from eight pictures, as in training;
networks without it have each product scaled and shifted to deviation 1 and mean 0 on these.

usage: torchvision_agreement.py COLCOMB FOLDER [NAME ...]    FOLDER: for models, pictures and checkpoints

COLCOMB_AGREE=N: floats. The imported checkpoint, exported again, runs in ONNX Runtime on N made-up
pictures, on all of which the limits were measured by min-max, since the exported model clips there:
the largest difference to PyTorch's scores, as part of the largest score. Beside it what float32 leaves
of these networks in PyTorch itself: its largest difference to doubles on eight pictures.

COLCOMB_IDENTICAL=N: integers. The network is quantized, limits from eight pictures, and N pictures run
by the reference (which is the fast simulator's arithmetic), by each kernel that this processor runs,
and by the exported integer model in ONNX Runtime; the first COLCOMB_EXACT of them (1) by every cell at
every clock of a 128 x 128 array. All logits must be equal. COLCOMB_COMBINE=ALPHA: first prune 80 % of
the weights and combine columns, up to ALPHA in a group, without retraining. Needs the Python package
in PYTHONPATH.

COLCOMB_SIDE: pictures of another side, in less time, for networks with global pooling.
COLCOMB_ONNX_RUNTIME: a folder of tests/onnx/install_runtime.sh. OMP_NUM_THREADS=1 takes less time on
a machine that has other work.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

import numpy
import torch

from torchvision_models import NAMES, export, made_up_pictures, model_of, side_of

REFUSED = """regnet_y_400mf mobilenet_v3_small shufflenet_v2_x1_0 efficientnet_b0 convnext_tiny
vit_b_16""".split()
LIVING = 8  # pictures
# As configs/mx-64x64.toml with more and larger buffers: a layer of 7 x 7 x 3 columns must fit.
ARRAY = """
[array]
rows = 128
columns = 128
alpha = 8
cell = "MX"
accumulation_bits = 32
double_buffering = true
clock_mhz = 150
[buffers]
data_bytes = 16777216
input_bytes = 8388608
residual_bytes = 8388608
residual_input_bytes = 4194304
output_bytes = 4194304
weight_bytes = 8388608
partial_sum_bytes = 16777216
pooling_bytes = 8388608
line_bytes = 0
bank_ports = 1
[pooling]
windows = 4
[dram]
bytes_per_clock = 16
burst_bytes = 64
latency = 32
[schedule]
order = "weight-major"
batch = 1
cross_layer = false
"""

RUN = """
const [runtime, model, input, side] = process.argv.slice(1);
const ort = require(runtime + '/node_modules/onnxruntime-node');
const pixels = new Uint8Array(require('fs').readFileSync(input));
const count = pixels.length / (3 * side * side);
const options = {logSeverityLevel: 3, intraOpNumThreads: Number(process.env.OMP_NUM_THREADS || 0)};
ort.InferenceSession.create(model, options).then(async (session) => {
  const scores = [];
  for (let i = 0; i < count; ++i) {
    const one = pixels.slice(i * 3 * side * side, (i + 1) * 3 * side * side);
    const image = new ort.Tensor('uint8', one, [1, 3, Number(side), Number(side)]);
    const result = await session.run({image});
    scores.push(Array.from(result[session.outputNames[0]].data));
  }
  console.log(JSON.stringify(scores));
});
"""


def picture_side(name):
    return int(os.environ.get("COLCOMB_SIDE", side_of(name)))


def normalized(pixels):
    return (torch.from_numpy(pixels).float() / 255 - 0.5) / 0.25


def living_model(name, pictures):
    """The network whose scores depend on the picture."""
    model = model_of(name)
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # the mean of all batches: of the one
        norm.train()
    hooks = []
    if not norms:
        def scale(module, inputs, output):
            axes = [axis for axis in range(output.dim()) if axis != 1]
            mean, std = output.mean(axes), output.std(axes).mean()
            module.bias.sub_(mean).div_(std)
            module.weight.div_(std)
            return module.forward(inputs[0])
        hooks = [m.register_forward_hook(scale) for m in model.modules()
                 if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    with torch.no_grad():
        model(normalized(pictures))
    for hook in hooks:
        hook.remove()
    return model.eval()


def scores_of(model, pixels, kind=torch.float32):
    with torch.no_grad():
        return torch.cat([model(some) for some in normalized(pixels).to(kind).split(8)]).numpy()


def onnx_runtime(model, pixels, folder):
    """What ONNX Runtime gives for each picture."""
    (folder / "pixels").write_bytes(pixels.tobytes())
    runtime = os.path.abspath(os.environ["COLCOMB_ONNX_RUNTIME"])
    command = ["node", "-e", RUN, runtime, model, folder / "pixels", str(pixels.shape[-1])]
    return numpy.array(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def picture_folder(pixels, folder):
    from PIL import Image
    path = folder / f"pictures{pixels.shape[-1]}-{len(pixels)}"
    path.mkdir(exist_ok=True)
    for i, picture in enumerate(pixels):
        if not (path / f"{i:04}.png").exists():
            Image.fromarray(picture.transpose(1, 2, 0)).save(path / f"{i:04}.png")
    return path


def import_model(colcomb, model, out, pixels, folder):
    subprocess.run([colcomb, "import", model, "--out", out, "--input-mean", "0.5", "--input-std",
                    "0.25", "--calibration", "min-max", "--calibration-images", str(len(pixels)),
                    "--calibration-folder", picture_folder(pixels, folder)],
                   check=True, stdout=subprocess.DEVNULL)


class Clock:
    """Seconds since it was last asked."""

    def __init__(self):
        self.last = time.time()

    def __call__(self):
        now = time.time()
        past, self.last = now - self.last, now
        return f"{past:.0f}"


def float_agreement(colcomb, folder, name, count):
    """The table's cells: largest difference; PyTorch's own; deviation of a class's scores; seconds."""
    pixels = made_up_pictures(count, picture_side(name))
    model = living_model(name, pixels[:LIVING])
    onnx, checkpoint, again = folder / "model.onnx", folder / "model.ckpt", folder / "again.onnx"
    export(model, picture_side(name), onnx)
    clock = Clock()
    wanted = scores_of(model, pixels)
    seconds = [clock()]
    import_model(colcomb, onnx, checkpoint, pixels, folder)
    subprocess.run([colcomb, "export", checkpoint, "--onnx", again], check=True, capture_output=True)
    seconds.append(clock())
    found = onnx_runtime(again, pixels, folder)
    seconds.append(clock())
    largest = numpy.abs(wanted).max()
    # Where the logits were divided, so that the classifier's weights fit, it was by a power of two.
    found *= 2.0 ** round(float(numpy.log2(largest / numpy.abs(found).max())))
    doubles = scores_of(model.double(), pixels[:LIVING], torch.float64)
    own = numpy.abs(doubles - wanted[:LIVING]).max() / largest
    vary = wanted.std(0).mean() / largest
    return [f"{numpy.abs(found - wanted).max() / largest:.1e}", f"{own:.1e}", f"{vary:.2f}", *seconds]


def first_difference(name, found, wanted):
    """Empty where both are the same."""
    differ = numpy.argwhere(found != wanted)
    if not len(differ):
        return ""
    i, k = differ[0]
    return (f"{name}: {len(differ)} of {wanted.size} logits differ, first picture {i} class {k}: "
            f"{found[i, k]}, not {wanted[i, k]}")


def integer_identity(colcomb, folder, name, count):
    """The table's cells: which implementations agree; pictures; how many values the logits have."""
    import colcomb as package
    side = picture_side(name)
    pixels = made_up_pictures(LIVING + count, side)
    calibration, pixels = pixels[:LIVING], numpy.ascontiguousarray(pixels[LIVING:])
    onnx, checkpoint, integers = folder / "model.onnx", folder / "model.ckpt", folder / "integer.onnx"
    export(living_model(name, calibration), side, onnx)
    clock, seconds = Clock(), {}
    import_model(colcomb, onnx, checkpoint, calibration, folder)
    network = package.Network.load(checkpoint)
    if alpha := int(os.environ.get("COLCOMB_COMBINE", "0")):
        network = package.pack(network, alpha=alpha, policy="dense-first", prune=0.8)
    packed = package.quantize(network, images=calibration)
    packed.save(folder / "model.packed")
    seconds["import and quantize"] = clock()
    array = folder / "array.toml"
    array.write_text(ARRAY)
    wanted = package.simulate(packed, array, pixels).logits
    seconds["reference"] = clock()
    differences = []
    for kernel in package._core.kernel_names():
        one = package.PackedNetwork.load(folder / "model.packed", kernel=kernel)
        differences.append(first_difference(kernel, one.run(pixels), wanted))
        seconds[kernel] = clock()
    packed.export_onnx(integers)
    differences.append(first_difference("ONNX", onnx_runtime(integers, pixels, folder), wanted))
    seconds["ONNX"] = clock()
    exact = int(os.environ.get("COLCOMB_EXACT", "1"))
    if exact:
        logits = package.simulate(packed, array, pixels[:exact], engine="exact").logits
        differences.append(first_difference("exact engine", logits, wanted[:exact]))
        seconds["exact"] = clock()
    differences = [difference for difference in differences if difference]
    varying = (wanted != wanted[0]).any(0).sum()
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(name, ", ".join(f"{key} {value} s" for key, value in seconds.items()), file=sys.stderr)
    return ["; ".join(differences) or "yes", str(len(numpy.unique(wanted))), str(varying),
            f"{gib:.1f}"]


def main():
    colcomb, folder, *names = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = names or [name for name in NAMES if name not in REFUSED]
    jobs = {"COLCOMB_AGREE": (float_agreement, "difference | PyTorch's own | varies | PyTorch s | import s | ONNX s"),
            "COLCOMB_IDENTICAL": (integer_identity, "identical | values | vary | GiB")}
    for variable, (job, columns) in jobs.items():
        if variable not in os.environ:
            continue
        print(f"| network | {columns} |\n" + "| --- " * (columns.count("|") + 2) + "|", flush=True)
        for name in names:
            cells = job(colcomb, folder, name, int(os.environ[variable]))
            print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
