"""First steps, cell by cell as in a notebook (editors that know `# %%` run them one at a time): a filter
matrix is pruned, its columns combined and packed; then a packed network runs, on the CPU and on a
simulated systolic array. Needs NumPy, no PyTorch.

    python3 first_steps.py NETWORK.packed
"""

# %% A pruned convolution: 64 filters, 32 channels, 3 x 3
import sys

import numpy as np

import colcomb

draw = np.random.default_rng(1)
weights = draw.normal(size=(64, 32, 3, 3)).astype(np.float32)
grouping = colcomb.group(weights, alpha=8, gamma=0.5, prune=0.85)
print(grouping)

# %% The same with more conflicts allowed: fewer columns, less magnitude
for gamma in (0, 0.5, 1.75):
    found = colcomb.group(weights, alpha=8, gamma=gamma, prune=0.85)
    print(f"gamma {gamma:4}: {len(found.groups):3} groups, {found.retained_magnitude:.3f} of the magnitude")

# %% Packed: one column for each group, and which channel each cell reads
packed = colcomb.pack(weights, grouping)
print("packed:", packed.values.shape, "cells in use:", f"{packed.utilization:.1%}")
kept = weights.reshape(64, -1) * grouping.mask
print("unpacking gives the pruned matrix again:", bool((colcomb.unpack(packed) == kept).all()))

# %% A packed network, as `colcomb quantize` and `colcomb run` write it
network = colcomb.PackedNetwork.load(sys.argv[1])
for layer in network.layers:
    print(f"{layer.name}: {layer.matrix.shape[0]} filters, {layer.matrix.shape[1]} groups")

# %% Its integers on the CPU
images, labels = network.samples
logits = network.run(images)
print("classes:", logits.argmax(axis=1))

# %% And on an array, every cell at every clock
simulation = colcomb.simulate(network, "32x32", images, engine="both")
print(f"an image every {simulation.interval} clocks; equal to the CPU: {simulation.equal_images} of {len(images)}")
