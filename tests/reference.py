"""Float64 NumPy references: obviously right rather than fast, and nothing of tf_nst is used.
Features and images are [h, w, C] float64; weights are [h, w] or None for ones.
"""

import numpy as np

# Least |target|^2 that a relative distance divides by.
FLOOR = 1e-3

BGR_MEANS = (103.939, 116.779, 123.68)
POOLING_SCALES = {
    "max": (1.0, 1.0, 1.0, 1.0, 1.0),
    "average": (1.23, 1.67, 1.40, 1.99, 1.99),
    "l2": (1.18, 1.44, 1.31, 1.59, 1.59),
}


def counting(height: int, width: int, channels: int = 3, start: int = 0) -> np.ndarray:
    """Counting numbers by steps of 37 of 256, as [height, width, channels] in 0..1, float64."""
    numbers = start + 37 * np.arange(height * width * channels)
    return (numbers % 256).reshape(height, width, channels) / 255.0


def pooled(plane, stride: int) -> np.ndarray:
    """The mean of each square of `stride` pixels a side, [h, w] -> [h // stride, w // stride]."""
    height, width = (side // stride for side in plane.shape)
    result = np.zeros([height, width])
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            result[row, column] = plane[top : top + stride, left : left + stride].mean()
    return result


def positions(features, weights=None):
    """Every position's features and weight."""
    height, width = features.shape[:2]
    for row in range(height):
        for column in range(width):
            weight = 1.0 if weights is None else float(weights[row, column])
            yield features[row, column].astype(np.float64), weight


def gram(features, weights=None) -> np.ndarray:
    """Weighted mean over positions of f f^T, [C, C]."""
    total, count = 0.0, 0.0
    for feature, weight in positions(features, weights):
        total = total + weight * np.outer(feature, feature)
        count += weight
    return total / count


def mean_and_std(features, weights=None) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and standard deviation of each channel, in two passes."""
    count = sum(weight for _, weight in positions(features, weights))
    mean = sum(weight * feature for feature, weight in positions(features, weights)) / count
    variance = 0.0
    for feature, weight in positions(features, weights):
        variance = variance + weight * (feature - mean) ** 2 / count
    return mean, np.sqrt(variance)


def relative(value, target) -> float:
    """|value - target|^2 / |target|^2."""
    return float(np.sum((value - target) ** 2) / max(np.sum(target**2), FLOOR))


def gram_distance(features, style, weights=None) -> float:
    return relative(gram(features, weights), gram(style))


def mean_std_distance(features, style, weights=None) -> float:
    parts = zip(mean_and_std(features, weights), mean_and_std(style), strict=True)
    return sum(relative(value, target) for value, target in parts)


def mean_and_covariance(features, weights=None) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean [C] and covariance [C, C], in two passes."""
    mean = mean_and_std(features, weights)[0]
    return mean, gram(features - mean, weights)


def root(covariance) -> np.ndarray:
    """The symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def wasserstein_distance(features, style, weights=None) -> float:
    """Of Gaussians: |mu - nu|^2 + tr(A + B - 2 (B^1/2 A B^1/2)^1/2), over |nu|^2 + tr B."""
    mean, spread = mean_and_covariance(features, weights)
    target, wanted = mean_and_covariance(style)
    between = root(root(wanted) @ spread @ root(wanted))
    change = np.sum((mean - target) ** 2) + np.trace(spread + wanted - 2 * between)
    return float(change / max(np.sum(target**2) + np.trace(wanted), FLOOR))


def mean_squared_content(features, content, weights=None) -> float:
    error, size, count = 0.0, 0.0, 0.0
    both = zip(positions(features, weights), positions(content), strict=True)
    for (feature, weight), (wanted, _) in both:
        error += weight * float(np.sum((feature - wanted) ** 2))
        size += weight * float(np.sum(wanted**2))
        count += weight
    return (error / count) / max(size / count, FLOOR)


def frobenius_content(features, content, weights=None) -> float:
    return float(np.sqrt(mean_squared_content(features, content, weights)))


def variation(image, weights, measure) -> float:
    """Weighted mean of `measure` of the differences of right and lower neighbours."""
    total, count = 0.0, 0.0
    height, width, channels = image.shape
    for row in range(height):
        for column in range(width):
            weight = 1.0 if weights is None else float(weights[row, column])
            for down, right in ((1, 0), (0, 1)):
                if row + down < height and column + right < width:
                    difference = image[row + down, column + right] - image[row, column]
                    total += weight * float(np.sum(measure(difference)))
                    count += weight * channels
    return total / count


def squared_variation(image, _other=None, weights=None) -> float:
    return variation(image, weights, np.square)


def absolute_variation(image, _other=None, weights=None) -> float:
    return variation(image, weights, np.abs)


# Statistic -> reference(features, features of the content or the style, weights).
DISTANCES = {
    "mean_squared": mean_squared_content,
    "frobenius": frobenius_content,
    "gram": gram_distance,
    "mean_std": mean_std_distance,
    "wasserstein": wasserstein_distance,
    "squared": squared_variation,
    "absolute": absolute_variation,
}


def objective(terms, features, content, style) -> float:
    """Sum of weight * distance.

    Args:
      terms: (statistic, role, layer, weight) of each term.
      features, content, style: {layer: [h, w, C]} of the picture and of what it is compared with.
    """
    other = {"content": content, "style": style, "variation": features}
    return sum(
        weight * DISTANCES[statistic](features[layer], other[role][layer])
        for statistic, role, layer, weight in terms
    )


def central_difference(function, point: np.ndarray) -> np.ndarray:
    """The gradient of a scalar function at `point`, entry by entry, by steps of 1e-6 of it."""
    step = 1e-6 * max(1.0, float(np.max(np.abs(point))))
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        up, down = point.copy(), point.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (function(up) - function(down)) / (2 * step)
    return gradient


def adam_path(start, gradient, steps, rate, beta_1, beta_2, epsilon_hat) -> list[np.ndarray]:
    """Images after each step of Adam.

    Kingma and Ba 2015, algorithm 1 with bias-corrected moments. Its epsilon stands beside the
    corrected root; epsilon hat beside the uncorrected one, so epsilon = epsilon hat /
    sqrt(1 - beta_2^t).
    """
    image, path = start.copy(), []
    first, second = np.zeros_like(start), np.zeros_like(start)
    for time in range(1, steps + 1):
        slope = gradient(image)
        first = beta_1 * first + (1 - beta_1) * slope
        second = beta_2 * second + (1 - beta_2) * slope**2
        first_hat, second_hat = first / (1 - beta_1**time), second / (1 - beta_2**time)
        epsilon = epsilon_hat / np.sqrt(1 - beta_2**time)
        image = image - rate * first_hat / (np.sqrt(second_hat) + epsilon)
        path.append(image)
    return path


def inverse_bfgs(moves, changes, size: int) -> np.ndarray:
    """The inverse Hessian that pairs of moves and changes of the gradient tell, oldest first.

    Nocedal and Wright 2006, equations 7.16 to 7.20: H = V^T H V + rho s s^T for each pair s, y,
    with V = 1 - rho y s^T and rho = 1 / (y s). It begins as the newest pair's s y / y y times the
    unit matrix; without pairs as the unit matrix.
    """
    inverse = np.eye(size)
    if len(moves):
        inverse *= moves[-1] @ changes[-1] / (changes[-1] @ changes[-1])
    for move, change in zip(moves, changes, strict=True):
        rho = 1 / (change @ move)
        side = np.eye(size) - rho * np.outer(change, move)
        inverse = side.T @ inverse @ side + rho * np.outer(move, move)
    return inverse


def convolution(features, kernel, bias) -> np.ndarray:
    """3x3 with zero padding, then ReLU."""
    height, width = features.shape[:2]
    padded = np.zeros((height + 2, width + 2, features.shape[2]))
    padded[1:-1, 1:-1] = features
    result = np.zeros((height, width, kernel.shape[3]))
    for row in range(height):
        for column in range(width):
            window = padded[row : row + 3, column : column + 3]
            value = np.tensordot(window, kernel.astype(np.float64), 3) + bias
            result[row, column] = np.maximum(value, 0.0)
    return result


def pool(features, pooling: str, block: int) -> np.ndarray:
    """2x2 with stride 2 after block 1 to 5; a last odd row or column is dropped."""
    height, width = features.shape[0] // 2, features.shape[1] // 2
    result = np.zeros((height, width, features.shape[2]))
    for row in range(height):
        for column in range(width):
            window = features[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            if pooling == "max":
                value = window.max(axis=(0, 1))
            elif pooling == "average":
                value = window.mean(axis=(0, 1))
            else:
                value = np.sqrt((window**2).mean(axis=(0, 1)))
            result[row, column] = POOLING_SCALES[pooling][block - 1] * value
    return result


def vgg_features(image, layers, arrays, pooling: str = "max") -> dict[str, np.ndarray]:
    """{name: [h, w, C]} of all `layers` (name, kind, ...) of an sRGB image in 0..1."""
    features, outputs = image[..., ::-1] * 255.0 - np.array(BGR_MEANS), {}
    for layer in layers:
        if layer.kind == "convolution":
            features = convolution(features, *arrays[layer.name])
        else:
            features = pool(features, pooling, int(layer.name[5]))
        outputs[layer.name] = features
    return outputs
