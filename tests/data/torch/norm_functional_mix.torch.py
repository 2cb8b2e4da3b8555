from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer_normalization = nn.LayerNorm(4, eps=0.001)  # weight = gamma, bias = beta
        # weight = gamma
        # bias = beta
        # running_mean = moving_mean
        # running_var = moving_variance
        self.batch_normalization = nn.BatchNorm1d(4, eps=0.001, momentum=0.01)
        self.group_normalization = nn.GroupNorm(2, 4, eps=0.001)  # weight = gamma, bias = beta

    def forward(self, x):
        layer_normalization = self.layer_normalization(x)
        x_first = x.permute(0, 2, 1)
        batch_normalization = self.batch_normalization(x_first)
        group_normalization = self.group_normalization(x_first)
        unit_normalization = F.normalize(x, dim=-1, eps=1e-06)
        batch_normalization_last = batch_normalization.permute(0, 2, 1)
        group_normalization_last = group_normalization.permute(0, 2, 1)
        average = (layer_normalization + batch_normalization_last + group_normalization_last + unit_normalization) / 4
        return average


model = Model()
