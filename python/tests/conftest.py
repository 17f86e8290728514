"""What several test files share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def small():
    from onnx_models import SmallModel

    return SmallModel()


@pytest.fixture(scope="session")
def network(small, tmp_path_factory):
    """The small model imported and combined."""
    import colcomb
    from onnx_models import random_images

    path = small.write(tmp_path_factory.mktemp("model") / "small.onnx")
    images = random_images(small.shape, 32)
    imported = colcomb.import_onnx(path, mean=0.5, std=0.25, images=images)
    return colcomb.pack(imported, alpha=4, gamma=0.5, prune=0.5)


@pytest.fixture(scope="session")
def packed(network, small):
    """The same in integers."""
    import colcomb
    from onnx_models import random_images

    images = random_images(small.shape, 32)
    return colcomb.quantize(network, images=images, labels=[i % 3 for i in range(32)], threads=1)
