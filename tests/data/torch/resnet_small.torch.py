from torch import nn
from torch.nn import functional as F


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv2d = nn.Conv2d(3, 4, 3)  # weight = kernel.transpose(3, 2, 0, 1)
        self.conv2d_1 = nn.Conv2d(4, 6, 3)  # weight = kernel.transpose(3, 2, 0, 1)
        self.max_pooling2d = nn.MaxPool2d(3)
        self.conv2d_2 = nn.Conv2d(6, 6, 3, padding='same')  # weight = kernel.transpose(3, 2, 0, 1)
        self.conv2d_3 = nn.Conv2d(6, 6, 3, padding='same')  # weight = kernel.transpose(3, 2, 0, 1)
        self.conv2d_4 = nn.Conv2d(6, 6, 3, padding='same')  # weight = kernel.transpose(3, 2, 0, 1)
        self.conv2d_5 = nn.Conv2d(6, 6, 3, padding='same')  # weight = kernel.transpose(3, 2, 0, 1)
        self.dense = nn.Linear(6, 8)  # weight = kernel.T
        self.dropout = nn.Dropout(0.5)
        self.dense_1 = nn.Linear(8, 10)  # weight = kernel.T

    def forward(self, x):
        x_first = x.permute(0, 3, 1, 2)
        conv2d = F.relu(self.conv2d(x_first))
        conv2d_1 = F.relu(self.conv2d_1(conv2d))
        max_pooling2d = self.max_pooling2d(conv2d_1)
        conv2d_2 = F.relu(self.conv2d_2(max_pooling2d))
        conv2d_3 = F.relu(self.conv2d_3(conv2d_2))
        add = conv2d_3 + max_pooling2d
        conv2d_4 = F.relu(self.conv2d_4(add))
        conv2d_5 = F.relu(self.conv2d_5(conv2d_4))
        add_1 = conv2d_5 + add
        global_average_pooling2d = add_1.mean(dim=(2, 3))
        dense = F.relu(self.dense(global_average_pooling2d))
        dropout = self.dropout(dense)
        dense_1 = self.dense_1(dropout)
        return dense_1


model = Model()
