from torch import nn


class Permute(nn.Module):
    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(self.axes)


model = nn.Sequential(
    nn.Conv2d(2, 4, 3, padding='same'),  # conv2d: weight = kernel.transpose(3, 2, 0, 1)
    nn.BatchNorm2d(4, eps=0.001, momentum=0.01),  # batch_normalization: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.MaxPool2d(2),  # max_pooling2d
    nn.Conv2d(4, 3, 2, stride=(2, 1)),  # conv2d_1: weight = kernel.transpose(3, 2, 0, 1)
    nn.ReLU(),
    Permute(0, 2, 3, 1),
    nn.Flatten(),
    nn.Linear(12, 2),  # dense: weight = kernel.T
)
