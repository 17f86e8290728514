"""`--model resnet18` and the like have the filter matrices of torchvision's networks, as imported."""

import json
import os
import subprocess

import pytest
import torch

torchvision = pytest.importorskip("torchvision", reason="no torchvision (Debian: python3-torchvision)")
COMMAND = os.environ["COLCOMB_COMMAND"]


def run(*arguments):
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# COLCOMB_IMAGE_NETWORKS="resnet18 ...": these alone
@pytest.mark.parametrize(
    "name", os.environ.get("COLCOMB_IMAGE_NETWORKS", "resnet18 resnet34 resnet50 mobilenet_v2").split())
def test_filter_matrices_are_torchvisions(name, tmp_path):
    model, checkpoint = tmp_path / "model.onnx", tmp_path / "model.ckpt"
    torch.manual_seed(1)
    network = getattr(torchvision.models, name)(weights=None).eval()
    torch.onnx.export(network, torch.zeros(1, 3, 224, 224), str(model), opset_version=13)
    run("import", model, "--out", checkpoint, "--input-mean", "0.5", "--input-std",
        "0.25", "--activation-limit", "6")
    imported = json.loads(run("inspect", checkpoint, "--json"))["combining"]["layers"]
    ours = json.loads(run("inspect", "--model", name, "--input-size", "224", "--n-class", "1000",
                          "--json"))["layers"]
    assert [[layer["rows"], layer["columns"], layer["macs"]] for layer in ours] == \
           [[layer["rows"], layer["columns"], layer["macs_before"]] for layer in imported]
