import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        # weight_ih_l0 = kernel[..., np.r_[5:10, 0:5, 10:15]].T
        # weight_hh_l0 = recurrent_kernel[..., np.r_[5:10, 0:5, 10:15]].T
        # bias_ih_l0 = bias[0][..., np.r_[5:10, 0:5, 10:15]]
        # bias_hh_l0 = bias[1][..., np.r_[5:10, 0:5, 10:15]]
        self.gru = nn.GRU(3, 5, batch_first=True)
        # weight_ih_l0 = kernel[..., np.r_[5:10, 0:5, 10:15]].T
        # weight_hh_l0 = recurrent_kernel[..., np.r_[5:10, 0:5, 10:15]].T
        # bias_ih_l0 = bias[0][..., np.r_[5:10, 0:5, 10:15]]
        # bias_hh_l0 = bias[1][..., np.r_[5:10, 0:5, 10:15]]
        self.gru_1 = nn.GRU(2, 5, batch_first=True)
        self.bahdanau_scale = nn.Parameter(torch.ones((5,)))  # scale
        self.luong_scale = nn.Parameter(torch.ones(()))  # scale
        self.dense = nn.Linear(15, 3)  # weight = kernel.T

    def forward(self, input_layer, input_layer_1):
        gru, gru_h = self.gru(input_layer)
        gru_1, _ = self.gru_1(input_layer_1, gru_h[0].unsqueeze(0))
        bahdanau_scores = (torch.tanh(gru_1.unsqueeze(2) + gru.unsqueeze(1)) * self.bahdanau_scale).sum(-1)
        bahdanau_scores = torch.softmax(bahdanau_scores, dim=-1)
        bahdanau = bahdanau_scores @ gru
        luong_scores = gru_1 @ gru.transpose(1, 2) * self.luong_scale
        luong = torch.softmax(luong_scores, dim=-1) @ gru
        concatenate = torch.cat([gru_1, bahdanau, luong], dim=-1)
        dense = self.dense(concatenate)
        return dense, bahdanau_scores


model = Model()
