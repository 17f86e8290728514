#!/usr/bin/env python3
"""What of torchvision's classification networks can be imported: exports each with random weights and
asks `colcomb import --dry-run`. Prints a table as Markdown.

usage: torchvision_models.py COLCOMB FOLDER [NAME ...]    FOLDER: the exported models, kept one at a time

With COLCOMB_AGREE=N it imports each whole instead, with limits from N made-up pictures, exports the
checkpoint again and runs it in ONNX Runtime (COLCOMB_ONNX_RUNTIME, a folder of install_runtime.sh) on
these pictures: the largest difference to PyTorch's scores, as part of the largest score.
"""
import json
import os
import pathlib
import subprocess
import sys

import numpy
import torch
import torchvision

NAMES = """alexnet vgg11 vgg16_bn resnet18 resnet34 resnet50 resnet101 resnext50_32x4d wide_resnet50_2
regnet_x_400mf regnet_x_8gf regnet_y_400mf squeezenet1_0 squeezenet1_1 densenet121 densenet169
googlenet inception_v3 mobilenet_v2 mnasnet0_5 mnasnet1_0 mobilenet_v3_small shufflenet_v2_x1_0
efficientnet_b0 convnext_tiny vit_b_16""".split()


def export(name, path):
    torch.manual_seed(1)
    more = {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    model = getattr(torchvision.models, name)(weights=None, **more).eval()
    side = 299 if name == "inception_v3" else 224
    torch.onnx.export(model, torch.zeros(1, 3, side, side), path, opset_version=13)
    return model, side


def row(colcomb, path):
    """The table's cells, and why the first node is refused; empty: none is."""
    done = subprocess.run([colcomb, "import", path, "--dry-run", "--json"], capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        return ["", "no", ""], done.stderr.strip().splitlines()[-1]
    nodes = json.loads(done.stdout)["nodes"]
    refused = [node for node in nodes if node["status"] != "ok"]
    if done.returncode == 0:
        return [str(len(nodes)), "yes", ""], ""
    first = refused[0] if refused else {"operator": "", "text": done.stderr.strip()}
    return [str(len(nodes)), "no", str(len(refused))], f"{first['operator']}: {first['text']}"


RUN = """
const [runtime, model, input, side] = process.argv.slice(1);
const ort = require(runtime + '/node_modules/onnxruntime-node');
const pixels = new Uint8Array(require('fs').readFileSync(input));
const count = pixels.length / (3 * side * side);
ort.InferenceSession.create(model, {logSeverityLevel: 3}).then(async (session) => {
  const scores = [];
  for (let i = 0; i < count; ++i) {
    const one = pixels.slice(i * 3 * side * side, (i + 1) * 3 * side * side);
    const image = new ort.Tensor('uint8', one, [1, 3, Number(side), Number(side)]);
    scores.push(Array.from((await session.run({image})).scores.data));
  }
  console.log(JSON.stringify(scores));
});
"""


def pictures_of(count, side, folder):
    """Made-up pictures of smooth shades, as files and as pixels, in the order of the files."""
    from PIL import Image
    random = numpy.random.default_rng(1)
    folder.mkdir(exist_ok=True)
    pixels = []
    for i in range(count):
        shades = Image.fromarray(random.integers(0, 256, (7, 7, 3), dtype=numpy.uint8))
        picture = shades.resize((side, side), Image.BILINEAR)
        picture.save(folder / f"{i:04}.png")
        pixels.append(numpy.asarray(picture).transpose(2, 0, 1))
    return numpy.stack(pixels)


def agreement(colcomb, folder, name, count):
    """The table's cells: layers, and the largest difference."""
    model, side = export(name, str(folder / "model.onnx"))
    pixels = pictures_of(count, side, folder / f"pictures{side}")
    with torch.no_grad():
        images = (torch.from_numpy(pixels).float() / 255 - 0.5) / 0.25
        wanted = torch.cat([model(image[None]) for image in images]).numpy()
    checkpoint, again = folder / "model.ckpt", folder / "again.onnx"
    subprocess.run([colcomb, "import", folder / "model.onnx", "--out", checkpoint,
                    "--input-mean", "0.5", "--input-std", "0.25", "--calibration", "min-max",
                    "--calibration-images", str(count), "--calibration-folder",
                    folder / f"pictures{side}"], check=True, capture_output=True)
    subprocess.run([colcomb, "export", checkpoint, "--onnx", again], check=True, capture_output=True)
    (folder / "pixels").write_bytes(pixels.tobytes())
    found = subprocess.run(["node", "-e", RUN, os.path.abspath(os.environ["COLCOMB_ONNX_RUNTIME"]),
                            again, folder / "pixels", str(side)], check=True, capture_output=True)
    found = numpy.array(json.loads(found.stdout))
    scale = numpy.abs(wanted).max() / numpy.abs(found).max()  # where the logits were divided
    scale = 2.0 ** round(float(numpy.log2(scale)))
    return f"{numpy.abs(found * scale - wanted).max() / numpy.abs(wanted).max():.1e}"


def main():
    colcomb, folder, *names = sys.argv[1:]
    if "COLCOMB_AGREE" in os.environ:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        print("| network | difference |\n| --- | --- |", flush=True)
        for name in names or NAMES:
            count = int(os.environ["COLCOMB_AGREE"])
            print(f"| {name} | {agreement(colcomb, pathlib.Path(folder), name, count)} |", flush=True)
        return
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    print("| network | nodes | imports | refused |\n| --- | --- | --- | --- |", flush=True)
    reasons = []
    for name in names or NAMES:
        path = pathlib.Path(folder) / "model.onnx"
        try:
            export(name, str(path))
            cells, reason = row(colcomb, str(path))
        except Exception as error:  # what PyTorch itself cannot export
            cells, reason = ["", "no", ""], f"not exported: {str(error).splitlines()[0]}"
        print("| " + " | ".join([name, *cells]) + " |", flush=True)
        if reason:
            reasons.append(f"- {name}: {reason}")
        path.unlink(missing_ok=True)
    print()
    print("\n".join(reasons))


main()
