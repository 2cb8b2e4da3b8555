import torch
from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(5, 6)  # weight = kernel.T
        self.dense_1 = nn.Linear(6, 6)  # weight = kernel.T
        self.dense_2 = nn.Linear(6, 6)  # weight = kernel.T
        self.p_re_lu_alpha = nn.Parameter(torch.zeros((4, 6)))  # alpha
        self.dense_3 = nn.Linear(6, 6)  # weight = kernel.T
        self.p_re_lu_1_alpha = nn.Parameter(torch.zeros((1, 6)))  # alpha
        self.dense_4 = nn.Linear(24, 3)  # weight = kernel.T

    def forward(self, x):
        x = self.dense(x)
        x = torch.where(x > 0.2, torch.clamp(x, max=1.5), 0.1 * (x - 0.2))
        x = self.dense_1(x)
        x = F.leaky_relu(x, 0.25)
        x = self.dense_2(x)
        x = torch.where(x > 0, x, self.p_re_lu_alpha * x)
        x = self.dense_3(x)
        x = torch.where(x > 0, x, self.p_re_lu_1_alpha * x)
        x = F.elu(x, 0.7)
        x = F.softmax(x, dim=1)
        x = x.flatten(1)
        x = self.dense_4(x)
        x = F.softmax(x, dim=-1)
        return x


model = Model()
