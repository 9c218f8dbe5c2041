"""Lists mistakes that people make in `evaluation`: the right code, what they write instead, and what that means."""

AGGREGATE = [
    ("mu.var(dim=0) > threshold", "mu.var(dim=0) >= threshold", "a unit at the threshold counted"),
    ("mu.var(dim=0) > threshold", "mu.var(dim=0, correction=0) > threshold", "a biased variance"),
    ("mu.var(dim=0) > threshold", "mu.std(dim=0) > threshold", "the deviation against a variance"),
    ("(mu.var(dim=0) > threshold)", "(_.exp().mean(dim=0) > threshold)", "the posterior's variance, not the mean's"),
    ("- math.log(len(mu))", "- math.log(len(mu) - 1)", "the mixture's size off by one"),
    ("- math.log(len(mu))", "- math.log(len(part))", "the block's size for the mixture's"),
    (", dim=1) - math.log", ", dim=0) - math.log", "a sum over z and not over the mixture"),
    ("kl - information.mean().item(), error)", "information.mean().item() - kl, error)", "the marginal KL's sign"),
    ("information.std().item() / math.sqrt(len(information))", "information.std().item()", "spread for standard error"),
    ("with noise_from(seed, mu.device):\n", "with noise_from(0, mu.device):\n", "a seed without effect"),
    ("torch.cat(parts).cpu().double()", "torch.cat(parts).cpu()", "small variances in single precision"),
    ("torch.exp(-log_var)", "torch.exp(-0.5 * log_var)", "deviation for variance in the mixture"),
    ("return normal_log_prob(z, mu, log_var) - torch", "return torch", "minus an entropy for the information"),
]
BOUNDS = [
    (
        "torch.stack(totals).sum(dim=0) / (len(images) * samples)",
        "torch.stack(totals).mean(dim=0) / chunk",
        "mean of chunks",
    ),
    ("/ (len(images) * samples)", "/ len(images)", "a sum over samples"),
    (
        "scaled(images, weight, chunk)",
        "scaled(images[: len(images) // chunk * chunk or None], weight, chunk)",
        "the rest dropped",
    ),
    ("with evaluating(model), noise", "with noise", "dropout while measuring"),
    ("evaluating(model), noise_from(seed, weight.device)", "evaluating(model)", "noise without a seed"),
    ("noise_from(seed, weight.device)", "noise_from(0, weight.device)", "a seed without effect"),
    (".cpu().double().sum()", ".cpu().sum().double()", "sums in single precision"),
    (
        "labels.to(weight.device).split(chunk)",
        "labels.to(weight.device).flip(0).split(chunk)",
        "labels of other images",
    ),
    ("@torch.no_grad()\n", "", "a graph is built"),
]
LIKELIHOOD = [
    ("- math.log(num_samples))", "- math.log(ROWS))", "the last block's size for the number of samples"),
    ("- math.log(num_samples))", ")", "the sum of the weights for their mean"),
    ("now = min(ROWS, num_samples - start)", "now = ROWS", "a last block that is too long"),
    ("range(0, num_samples, ROWS)", "range(0, num_samples - ROWS + 1, ROWS)", "the last block dropped"),
    (
        "log_sum = torch.logaddexp(log_sum, torch.logsumexp(log_w, dim=0))",
        "log_sum = torch.logsumexp(log_w, dim=0)",
        "the last block alone",
    ),
    ("self.per_image.std().item() / math", "self.per_image.std(correction=0).item() / math", "a biased deviation"),
    ("noise_from(seed, weight.device)", "noise_from(0, weight.device)", "a seed without effect"),
    ("with evaluating(model), noise", "with noise", "dropout while measuring"),
    ("        _expect_binary(images)\n", "", "grey images are given a likelihood"),
    ("(images != 0) & (images != 255)", "(images > 0) & (images < 128)", "light grey taken for white"),
    (
        "linalg.vecdot(x, x_logits) - softplus(x_logits)",
        "linalg.vecdot(x, x_logits) - softplus(-x_logits)",
        "log p for log(1 − p)",
    ),
    ("@torch.no_grad()\n", "", "a graph is built"),
]
INTERVALS = [
    ("u: float = 1.96", "u: float = 1.645", "90 % for 95 %"),
    ("u**2 / (4 * n**2))", "0 * u)", "the standard error alone: nothing at 0 and 1"),
    ("middle = (share + u**2 / (2 * n)) / scale", "middle = share", "Wald's middle"),
    ("half = u / scale *", "half = u *", "Wilson's scale forgotten"),
    ("1 + u**2 / n", "1 + u / n", "z for z²"),
]
MEASURING = [
    (".div_(255)", ".div_(256)", "white is not 1"),
    ("    model.eval()\n", "", "the model stays in training mode"),
    ("            part.training = True", "            pass", "the training mode not restored"),
    (
        "        for part in training:\n            part.training = True",
        "        model.train()",
        "all parts set to training",
    ),
    ("    try:\n        yield\n    finally:", "    yield\n    if True:", "the mode not restored after an error"),
    ("with torch.random.fork_rng(forked, device_type=device.type):", "if True:", "the random state not restored"),
    ("manual_seed(seed).get_state())\n", "manual_seed(0).get_state())\n", "a seed without effect"),
]
