from torch import nn


class Permute(nn.Module):
    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(self.axes)


model = nn.Sequential(
    Permute(0, 3, 1, 2),
    nn.Conv2d(1, 6, 5, padding='same'),  # conv2d: weight = kernel.transpose(3, 2, 0, 1)
    nn.Tanh(),
    nn.AvgPool2d(2),  # average_pooling2d
    nn.Conv2d(6, 16, 5),  # conv2d_1: weight = kernel.transpose(3, 2, 0, 1)
    nn.Tanh(),
    nn.AvgPool2d(2),  # average_pooling2d_1
    Permute(0, 2, 3, 1),
    nn.Flatten(),
    nn.Linear(400, 36),  # dense: weight = kernel.T
    nn.Tanh(),
    nn.Linear(36, 28),  # dense_1: weight = kernel.T
    nn.Tanh(),
    nn.Linear(28, 10),  # dense_2: weight = kernel.T
    nn.Softmax(dim=-1),
)
