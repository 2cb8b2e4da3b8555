import torch
from torch import nn
from torch.nn import functional as F


class Unit(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(4, 4, bias=False)  # weight = kernel.T
        # weight = gamma
        # bias = beta
        # running_mean = moving_mean
        # running_var = moving_variance
        self.batch_normalization = nn.BatchNorm1d(4, eps=0.001, momentum=0.01)

    def forward(self, x):
        x = self.dense(x)
        x = self.batch_normalization(x)
        x = F.relu(x)
        return x


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.unit = Unit()

    def forward(self, x):
        unit = self.unit(x)
        concatenate = torch.cat([unit, x], dim=-1)
        return concatenate


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.dense_1 = nn.Linear(8, 2)  # weight = kernel.T

    def forward(self, x):
        x = self.inner(x.flatten(0, 1)).unflatten(0, (-1, 5))
        x = self.dense_1(x)
        return x


model = Model()
