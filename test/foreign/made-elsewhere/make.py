"""Makes the files of this folder, with PyTorch 1.13.1 and its own ONNX exporter: networks, and what PyTorch computes.

The pixels of image after image are ((37 i + 11) mod 101) / 101, so that only the outputs have to be kept.
"""

import json
import struct

import torch
import torch.nn as nn
import torch.nn.functional as F

IMAGES = 3
expected = {}


class Chain(nn.Module):
    """PyTorch's MNIST example, smaller."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.dropout = nn.Dropout(0.25)
        self.fc1 = nn.Linear(6 * 4 * 4, 12)
        self.fc2 = nn.Linear(12, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = torch.flatten(self.dropout(F.max_pool2d(x, 2)), 1)
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


class Norms(nn.Module):
    """Colours, no square, constants, strides, padded pools, a mean of the whole, and shapes that are computed."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5, padding=2, stride=2)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 7)

    def forward(self, x):
        x = (x - 0.3) / 0.7
        x = F.relu(F.max_pool2d(self.bn1(self.conv1(x)), 3, 2, padding=1))
        x = F.avg_pool2d(F.relu(x), 2, ceil_mode=True, padding=1)
        x = F.adaptive_avg_pool2d(F.relu(self.bn2(self.conv2(x))), 1)
        return self.fc(x.view(x.size(0), -1))


class Blocks(nn.Module):
    """A kernel that is no square, gaps in one, normalisation behind ReLU, a pool beyond the edge."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 5, (3, 5), padding=(1, 2)), nn.ReLU(), nn.BatchNorm2d(5), nn.AvgPool2d(2),
            nn.Conv2d(5, 6, 3, dilation=2, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(6 * 4 * 4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4), nn.Softmax(1)
        )

    def forward(self, x):
        return self.classifier(self.features(x))


class Weights(nn.Module):
    """Of which only the weights are kept."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.bn2 = nn.BatchNorm2d(6)
        self.fc1 = nn.Linear(6 * 2 * 2, 12)
        self.fc2 = nn.Linear(12, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def prepared(net, name, shape):
    net.eval()
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            module.running_mean.normal_()
            module.running_var.uniform_(0.3, 2)
            module.weight.data.normal_()
            module.bias.data.normal_()
    count = IMAGES * shape[0] * shape[1] * shape[2]
    x = (((37 * torch.arange(count) + 11) % 101) / 101).reshape(IMAGES, *shape)
    with torch.no_grad():
        y = net(x)
    expected[name] = {"input": shape, "outputs": [round(value, 7) for value in y.flatten().tolist()]}
    return x


def to_onnx(net, name, shape, folding):
    mode = torch.onnx.TrainingMode.EVAL if folding else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        net, prepared(net, name, shape), name, input_names=["image"], output_names=["logits"], opset_version=13,
        dynamic_axes={"image": {0: "n"}}, training=mode, do_constant_folding=folding,
    )


def to_safetensors(net, name, shape):
    """As the library of that name writes a state dict: wide elements first, then by name."""
    prepared(net, name, shape)
    state = net.state_dict()
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key in sorted(state, key=lambda key: (-state[key].element_size(), key)):
        own = state[key].contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[state[key].dtype]
        header[key] = {"dtype": kind, "shape": list(state[key].shape), "data_offsets": [len(data), len(data) + len(own)]}
        data += own
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


torch.manual_seed(3)
to_onnx(Chain(), "chain.onnx", [1, 12, 12], True)
to_onnx(Norms(), "norms-folded.onnx", [3, 20, 24], True)
to_onnx(Norms(), "norms.onnx", [3, 20, 24], False)
to_onnx(Blocks(), "blocks.onnx", [1, 18, 18], False)
to_safetensors(Weights(), "weights.safetensors", [1, 14, 14])
with open("expected.json", "w") as file:
    json.dump(expected, file)
