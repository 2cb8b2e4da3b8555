import torch
from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.max_pooling2d = nn.MaxPool2d(2)
        self.max_pooling2d_1 = nn.MaxPool2d(3, stride=2)
        self.average_pooling2d_1 = nn.AvgPool2d((1, 2))
        self.average_pooling1d = nn.AvgPool1d(2, stride=1)
        self.max_pooling1d = nn.MaxPool1d(2, ceil_mode=True)

    def forward(self, x):
        x = self.max_pooling2d(x.permute(0, 3, 1, 2))
        x = F.avg_pool2d(F.pad(x, (1, 1, 0, 1)), (2, 3), 1) / F.avg_pool2d(F.pad(torch.ones_like(x), (1, 1, 0, 1)), (2, 3), 1)
        x = self.max_pooling2d_1(F.pad(x, (0, 1, 1, 1), value=float('-inf')))
        x = self.average_pooling2d_1(x)
        x = x.permute(0, 2, 3, 1).reshape(-1, 4, 3)
        x = self.average_pooling1d(x.permute(0, 2, 1))
        x = self.max_pooling1d(x)
        return x.permute(0, 2, 1)


model = Model()
