#!/usr/bin/env python3
"""What of torchvision's classification networks can be imported: exports each with random weights and
asks `colcomb import --dry-run`. Prints a table as Markdown.

usage: torchvision_models.py COLCOMB FOLDER [NAME ...]    FOLDER: the exported models, kept one at a time
"""
import json
import pathlib
import subprocess
import sys

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


def row(colcomb, name, path):
    done = subprocess.run([colcomb, "import", path, "--dry-run", "--json"], capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        return [name, "", "no", done.stderr.strip().splitlines()[-1]]
    said = json.loads(done.stdout)
    nodes = said["nodes"]
    refused = [node for node in nodes if node["status"] != "ok"]
    if done.returncode == 0:
        return [name, str(len(nodes)), "yes", ""]
    first = refused[0] if refused else {"operator": "", "text": done.stderr.strip()}
    reason = f"{len(refused)} nodes, first {first['operator']}: {first['text']}"
    return [name, str(len(nodes)), "no", reason]


def main():
    colcomb, folder, *names = sys.argv[1:]
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    print("| network | nodes | imports | why not |\n| --- | --- | --- | --- |", flush=True)
    for name in names or NAMES:
        path = pathlib.Path(folder) / "model.onnx"
        try:
            export(name, str(path))
            cells = row(colcomb, name, str(path))
        except Exception as error:  # what PyTorch itself cannot export
            cells = [name, "", "no", f"not exported: {str(error).splitlines()[0]}"]
        print("| " + " | ".join(cells) + " |", flush=True)
        path.unlink(missing_ok=True)


main()
