from torch import nn


class Permute(nn.Module):
    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(self.axes)


model = nn.Sequential(
    Permute(0, 3, 1, 2),
    nn.Conv2d(1, 8, 3, padding='same'),  # conv2d: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    nn.MaxPool2d(2),  # max_pooling2d
    nn.Conv2d(8, 4, 3, padding='same'),  # conv2d_1: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    nn.MaxPool2d(2),  # max_pooling2d_1
    nn.Conv2d(4, 4, 3, padding='same'),  # conv2d_2: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    nn.MaxPool2d(2, ceil_mode=True),  # encoder
    nn.Conv2d(4, 4, 3, padding='same'),  # conv2d_3: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    nn.Upsample(scale_factor=2),  # up_sampling2d
    nn.Conv2d(4, 4, 3, padding='same'),  # conv2d_4: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    nn.Upsample(scale_factor=2),  # up_sampling2d_1
    nn.Conv2d(4, 8, 3),  # conv2d_5: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    nn.Upsample(scale_factor=2),  # up_sampling2d_2
    nn.Conv2d(8, 1, 3, padding='same'),  # conv2d_6: weight = kernel.transpose(3, 2, 0, 1)
    nn.Sigmoid(),
    Permute(0, 2, 3, 1),
)
