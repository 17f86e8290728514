#!/usr/bin/env python3
"""What of torchvision's classification networks can be imported: exports each with random weights and
asks `colcomb import --dry-run`; what can be is imported, for the number of its layers. Prints a table as
Markdown.

usage: torchvision_models.py COLCOMB FOLDER [NAME ...]    FOLDER: the exported models, kept one at a time

torchvision_agreement.py runs those that can.
"""
import json
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


def side_of(name):
    """Pixels of a picture's side that the network was made for."""
    return 299 if name == "inception_v3" else 224


def model_of(name):
    """The network with random weights, as torchvision makes it, for evaluation."""
    torch.manual_seed(1)
    more = {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    return getattr(torchvision.models, name)(weights=None, **more).eval()


def export(model, side, path):
    torch.onnx.export(model, torch.zeros(1, 3, side, side), str(path), opset_version=13)


def made_up_pictures(count, side):
    """Pictures of smooth shades, uint8, count x 3 x side x side."""
    from PIL import Image
    random = numpy.random.default_rng(1)
    pixels = []
    for _ in range(count):
        shades = Image.fromarray(random.integers(0, 256, (7, 7, 3), dtype=numpy.uint8))
        pixels.append(numpy.asarray(shades.resize((side, side), Image.BILINEAR)).transpose(2, 0, 1))
    return numpy.stack(pixels)


def row(colcomb, path):
    """The table's cells, and why the first node is refused; empty: none is."""
    command = [colcomb, "import", path, "--json"]
    done = subprocess.run([*command, "--dry-run"], capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        return ["", "no", "", ""], done.stderr.strip().splitlines()[-1]
    nodes = json.loads(done.stdout)["nodes"]
    refused = [node for node in nodes if node["status"] != "ok"]
    if done.returncode == 0:
        whole = subprocess.run([*command, "--out", f"{path}.ckpt", "--input-mean", "0.5", "--input-std",
                                "0.25", "--activation-limit", "6"], check=True, capture_output=True)
        layers = len(json.loads(whole.stdout)["layers"]) + 1  # the classifier
        return [str(len(nodes)), "yes", str(layers), ""], ""
    first = refused[0] if refused else {"operator": "", "text": done.stderr.strip()}
    return [str(len(nodes)), "no", "", str(len(refused))], f"{first['operator']}: {first['text']}"


def main():
    colcomb, folder, *names = sys.argv[1:]
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    print("| network | nodes | imports | layers | refused |\n| --- | --- | --- | --- | --- |", flush=True)
    reasons = []
    for name in names or NAMES:
        path = pathlib.Path(folder) / "model.onnx"
        try:
            export(model_of(name), side_of(name), path)
            cells, reason = row(colcomb, str(path))
        except Exception as error:  # what PyTorch itself cannot export
            cells, reason = ["", "no", "", ""], f"not exported: {str(error).splitlines()[0]}"
        print("| " + " | ".join([name, *cells]) + " |", flush=True)
        if reason:
            reasons.append(f"- {name}: {reason}")
        path.unlink(missing_ok=True)
        pathlib.Path(f"{path}.ckpt").unlink(missing_ok=True)
    print()
    print("\n".join(reasons))


if __name__ == "__main__":
    main()
