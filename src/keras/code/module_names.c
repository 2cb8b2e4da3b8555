/* Lists with a space around every name, those of tensorflow.keras included. */
#include "keras/code/module_names.h"

const char KERAS_LOSS_NAMES[] =
    " BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy "
    "CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLD KLDivergence LogCosh "
    "Loss MAE MAPE MSE MSLE MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError "
    "Poisson Reduction SparseCategoricalCrossentropy SquaredHinge Tversky binary_crossentropy binary_focal_crossentropy "
    "categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge circle "
    "cosine_similarity ctc deserialize dice get hinge huber kl_divergence kld kullback_leibler_divergence log_cosh logcosh "
    "mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse msle "
    "poisson serialize sparse_categorical_crossentropy squared_hinge tversky ";

const char KERAS_METRIC_NAMES[] =
    " AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge "
    "ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLD KLDivergence "
    "LogCoshError MAE MAPE MSE MSLE Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper "
    "MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision "
    "PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity "
    "SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity "
    "SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives binary_accuracy binary_crossentropy "
    "binary_focal_crossentropy categorical_accuracy categorical_crossentropy categorical_focal_crossentropy "
    "categorical_hinge concordance_correlation deserialize get hinge huber kl_divergence kld kullback_leibler_divergence "
    "log_cosh logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error "
    "mean_squared_logarithmic_error mse msle pearson_correlation poisson serialize sparse_categorical_accuracy "
    "sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy ";

const char KERAS_CALLBACK_NAMES[] =
    " BackupAndRestore CSVLogger Callback CallbackList EarlyStopping History LambdaCallback LearningRateScheduler "
    "ModelCheckpoint OrbaxCheckpoint ProgbarLogger ReduceLROnPlateau RemoteMonitor SwapEMAWeights TensorBoard "
    "TerminateOnNaN ";

const char KERAS_UTILITY_NAMES[] =
    " Config CustomObjectScope FeatureSpace Progbar PyDataset Sequence array_to_img audio_dataset_from_directory "
    "bounding_boxes clear_session custom_object_scope deserialize_keras_object disable_interactive_logging "
    "enable_interactive_logging get_custom_objects get_file get_registered_name get_registered_object get_source_inputs "
    "image_dataset_from_directory img_to_array is_interactive_logging_enabled is_keras_tensor legacy load_img model_to_dot "
    "normalize pack_x_y_sample_weight pad_sequences plot_model register_keras_serializable save_img serialize_keras_object "
    "set_random_seed split_dataset standardize_dtype text_dataset_from_directory timeseries_dataset_from_array "
    "to_categorical unpack_x_y_sample_weight ";

const char KERAS_OPERATION_NAMES[] =
    " abs absolute adaptive_average_pool adaptive_max_pool add all allclose amax amin angle any append arange arccos arccosh "
    "arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort array array_split associative_scan average "
    "average_pool bartlett batch_normalization binary_crossentropy bincount bitwise_and bitwise_invert bitwise_left_shift "
    "bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman broadcast_to cast categorical_crossentropy cbrt cdist "
    "ceil celu cholesky cholesky_inverse clip concatenate cond conj conjugate conv conv_transpose convert_to_numpy "
    "convert_to_tensor copy corrcoef correlate cos cosh count_nonzero cross ctc_decode ctc_loss cumprod cumsum "
    "custom_gradient deg2rad depth_to_space depthwise_conv det diag diagflat diagonal diff digitize divide divide_no_nan "
    "dot dot_product_attention dsplit dstack dtype eig eigh einsum elu empty empty_like equal erf erfc erfinv exp exp2 "
    "expand_dims expm1 extract_sequences eye fabs fft fft2 flip fliplr flipud floor floor_divide fmax fmin fmod fold "
    "fori_loop full full_like gcd gelu geomspace get_item glu greater greater_equal hamming hanning hard_shrink "
    "hard_sigmoid hard_silu hard_swish hard_tanh heaviside histogram hsplit hstack hypot i0 identity ifft2 imag image "
    "in_top_k inner inv irfft is_tensor isclose isfinite isin isinf isnan isneginf isposinf isreal istft jvp kaiser kron "
    "layer_normalization lcm ldexp leaky_relu left_shift less less_equal linalg linspace log log10 log1p log2 log_sigmoid "
    "log_softmax logaddexp logaddexp2 logdet logical_and logical_not logical_or logical_xor logspace logsumexp lstsq "
    "lu_factor map matmul matrix_rank max max_pool maximum mean median meshgrid min minimum mod moments moveaxis multi_hot "
    "multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod "
    "nanquantile nanstd nansum nanvar ndim negative nextafter nn nonzero norm normalize not_equal numpy one_hot ones "
    "ones_like outer pad percentile pinv polar power prod psnr ptp qr quantile rad2deg ravel real rearrange reciprocal relu "
    "relu6 repeat reshape rfft right_shift rms_normalization roll rot90 round rsqrt saturate_cast scan scatter "
    "scatter_update searchsorted segment_max segment_min segment_prod segment_sum select selu separable_conv shape sigmoid "
    "sign signbit silu sin sinc sinh size slice slice_update slogdet soft_shrink softmax softplus softsign solve "
    "solve_triangular sort space_to_depth sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax split sqrt "
    "square squareplus squeeze stack std stft stop_gradient subtract sum svd swapaxes swish switch take take_along_axis tan "
    "tanh tanh_shrink tensordot threshold tile top_k trace transpose trapezoid tri tril triu true_divide trunc unfold "
    "unique unravel_index unstack vander var vdot vectorize vectorized_map view view_as_complex view_as_real vsplit vstack "
    "where while_loop zeros zeros_like affine_transform crop_images elastic_transform extract_patches extract_patches_3d "
    "gaussian_blur hsv_to_rgb map_coordinates pad_images perspective_transform resize rgb_to_grayscale rgb_to_hsv "
    "scale_and_translate sobel_edges ssim ";
