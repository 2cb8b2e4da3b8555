from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        # weight_ih_l0 = forward.kernel.T
        # weight_hh_l0 = forward.recurrent_kernel.T
        # bias_ih_l0 = forward.bias
        # bias_hh_l0 = 0
        # weight_ih_l0_reverse = backward.kernel.T
        # weight_hh_l0_reverse = backward.recurrent_kernel.T
        # bias_ih_l0_reverse = backward.bias
        # bias_hh_l0_reverse = 0
        self.bidirectional = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
        # weight_ih_l0 = forward.kernel[..., np.r_[4:8, 0:4, 8:12]].T
        # weight_hh_l0 = forward.recurrent_kernel[..., np.r_[4:8, 0:4, 8:12]].T
        # bias_ih_l0 = forward.bias[0][..., np.r_[4:8, 0:4, 8:12]]
        # bias_hh_l0 = forward.bias[1][..., np.r_[4:8, 0:4, 8:12]]
        # weight_ih_l0_reverse = backward.kernel[..., np.r_[4:8, 0:4, 8:12]].T
        # weight_hh_l0_reverse = backward.recurrent_kernel[..., np.r_[4:8, 0:4, 8:12]].T
        # bias_ih_l0_reverse = backward.bias[0][..., np.r_[4:8, 0:4, 8:12]]
        # bias_hh_l0_reverse = backward.bias[1][..., np.r_[4:8, 0:4, 8:12]]
        self.bidirectional_1 = nn.GRU(6, 4, batch_first=True, bidirectional=True)
        # weight_ih_l0 = forward.kernel.T
        # weight_hh_l0 = forward.recurrent_kernel.T
        # bias_ih_l0 = forward.bias
        # bias_hh_l0 = 0
        # weight_ih_l0_reverse = backward.kernel.T
        # weight_hh_l0_reverse = backward.recurrent_kernel.T
        # bias_ih_l0_reverse = backward.bias
        # bias_hh_l0_reverse = 0
        self.bidirectional_2 = nn.RNN(4, 3, batch_first=True, bidirectional=True)
        # weight_ih_l0 = forward.kernel.T
        # weight_hh_l0 = forward.recurrent_kernel.T
        # bias_ih_l0 = forward.bias
        # bias_hh_l0 = 0
        # weight_ih_l0_reverse = backward.kernel.T
        # weight_hh_l0_reverse = backward.recurrent_kernel.T
        # bias_ih_l0_reverse = backward.bias
        # bias_hh_l0_reverse = 0
        self.both_ways = nn.LSTM(3, 2, batch_first=True, bidirectional=True)
        self.dense = nn.Linear(2, 1)  # weight = kernel.T

    def forward(self, x):
        x, _ = self.bidirectional(x)
        x, _ = self.bidirectional_1(x)
        x = x[..., :4] + x[..., 4:]
        x, _ = self.bidirectional_2(x)
        x = x[..., :3] * x[..., 3:]
        _, (both_ways_h, _) = self.both_ways(x)
        x = (both_ways_h[0] + both_ways_h[1]) / 2
        x = self.dense(x)
        return x


model = Model()
