from torch import nn


class Permute(nn.Module):
    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(self.axes)


model = nn.Sequential(
    Permute(0, 3, 1, 2),
    nn.Conv2d(3, 3, 3, padding='same', groups=3, bias=False),  # depthwise_conv2d: weight = kernel.transpose(2, 3, 0, 1).reshape(3, 1, 3, 3)
    nn.BatchNorm2d(3, eps=0.001, momentum=0.01),  # batch_normalization: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.ReLU6(),
    nn.Conv2d(3, 6, 1, bias=False),  # conv2d: weight = kernel.transpose(3, 2, 0, 1)
    nn.BatchNorm2d(6, eps=0.001, momentum=0.01),  # batch_normalization_1: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.ReLU6(),
    nn.ZeroPad2d((0, 1, 0, 1)),
    nn.Conv2d(6, 6, 3, stride=2, groups=6, bias=False),  # depthwise_conv2d_1: weight = kernel.transpose(2, 3, 0, 1).reshape(6, 1, 3, 3)
    nn.BatchNorm2d(6, eps=0.001, momentum=0.01),  # batch_normalization_2: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.ReLU6(),
    nn.Conv2d(6, 8, 1, bias=False),  # conv2d_1: weight = kernel.transpose(3, 2, 0, 1)
    nn.BatchNorm2d(8, eps=0.001, momentum=0.01),  # batch_normalization_3: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.ReLU6(),
    nn.Conv2d(8, 16, 3, padding='same', groups=8, bias=False),  # depthwise_conv2d_2: weight = kernel.transpose(2, 3, 0, 1).reshape(16, 1, 3, 3)
    nn.BatchNorm2d(16, eps=0.001, momentum=0.01),  # batch_normalization_4: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.ReLU6(),
    nn.Conv2d(16, 8, 1, bias=False),  # conv2d_2: weight = kernel.transpose(3, 2, 0, 1)
    nn.BatchNorm2d(8, eps=0.001, momentum=0.01),  # batch_normalization_5: weight = gamma, bias = beta, running_mean = moving_mean, running_var = moving_variance
    nn.ReLU6(),
    nn.AdaptiveAvgPool2d(1),
    nn.Conv2d(8, 5, 1),  # conv2d_3: weight = kernel.transpose(3, 2, 0, 1)
    nn.Flatten(),
)
