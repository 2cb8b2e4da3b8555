from keras.layers import LSTM, Dense, Embedding, Input
from keras.models import Model

num_encoder_tokens, num_decoder_tokens, latent_dim = 71, 93, 16

encoder_inputs = Input(shape=(None,))
encoder_emb = Embedding(num_encoder_tokens, latent_dim, mask_zero=True)(encoder_inputs)
_, *encoder_states = LSTM(latent_dim, return_state=True)(encoder_emb)

decoder_inputs = Input(shape=(None,))
decoder_emb = Embedding(num_decoder_tokens, latent_dim)(decoder_inputs)
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_emb, initial_state=encoder_states)
decoder_outputs = Dense(num_decoder_tokens, activation='softmax')(decoder_outputs)

model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
