"""Lists mistakes that people make in `objectives`: the right code, what they write instead, and what that means."""

EVIDENCE = [
    ("return self.reconstruction - self.kl", "return self.reconstruction + self.kl", "the KL rewarded"),
    ("return self.reconstruction - self.kl", "return self.reconstruction", "the KL forgotten"),
    ("return self.reconstruction - self.kl", "return self.kl - self.reconstruction", "a loss for a bound"),
    ("return self.reconstruction - self.weighted_kl", "return self.reconstruction - self.kl", "β without effect"),
    (
        "log_likelihood(x, model.decode(z))\n    return Elbo(",
        "log_likelihood(x, model.decode(mu))\n    return Elbo(",
        "the mean decoded, no sample",
    ),
    (
        "log_likelihood(x, model.decode(z))\n    return Elbo(reconstruction",
        "log_likelihood(x, model.decode(z.detach()))\n    return Elbo(reconstruction",
        "no gradient from the reconstruction to the encoder",
    ),
    (
        "model.decode(z))\n    return Elbo(reconstruction, kl_standard_normal(mu, log_var))",
        "model.decode(z))\n    return Elbo(reconstruction, kl_standard_normal(log_var, mu))",
        "mean and log variance swapped in the KL",
    ),
    (
        "model.decode(z))\n    return Elbo(reconstruction, kl",
        "model.decode(z)) / x.shape[1]\n    return Elbo(reconstruction, kl",
        "nats per pixel beside nats per image",
    ),
    ("kl, beta * kl)", "kl, kl)", "the weight forgotten"),
    ("kl, beta * kl)", "beta * kl, beta * kl)", "the weighted KL reported as the KL"),
    ("model.decode(reparameterize(mu, log_var))", "model.decode(mu)", "the β-ELBO of an autoencoder without noise"),
    (
        "log_likelihood(x, model.decode(mu))",
        "log_likelihood(x, model.decode(reparameterize(mu, _)))",
        "a noisy autoencoder",
    ),
]
IMPORTANCE = [
    ("each.repeat(num_samples, 1)", "each.repeat_interleave(num_samples, 0)", "samples given to the wrong image"),
    ("+ normal_log_prob(z, zero, zero)\n", "\n", "the prior missing in the weights"),
    ("log_w - normal_log_prob(z, mu, log_var)", "log_w", "q missing in the weights"),
    ("log_w - normal_log_prob(z, mu, log_var)", "log_w + normal_log_prob(z, mu, log_var)", "weights times q"),
    (
        "normal_log_prob(z, mu, log_var)).view(num_samples, len(x))",
        "normal_log_prob(z, mu, log_var)).view(len(x), -1).T",
        "samples and images confused",
    ),
    ("torch.logsumexp(log_w, dim=0) - math.log(num_samples)", "torch.logsumexp(log_w, dim=0)", "sum of the weights"),
    ("torch.logsumexp(log_w, dim=0) - math", "log_w.mean(dim=0) + 0 * math", "mean of logs: the ELBO again"),
    ("torch.logsumexp(log_w, dim=0) - math", "log_w.exp().sum(dim=0).log() - math", "weights that underflow"),
    ("- math.log(num_samples)", "- math.log(num_samples + 1)", "one sample too many counted"),
    (
        "torch.logsumexp(log_w, dim=0) - math",
        "torch.logsumexp(log_w.detach(), dim=0) - math",
        "a bound without a gradient",
    ),
    (
        "1 / torch.softmax(log_w.detach(), dim=0).square()",
        "1 / torch.softmax(log_w.detach(), dim=1).square()",
        "shares among images, not samples",
    ),
    (
        "1 / torch.softmax(log_w.detach(), dim=0).square()",
        "1 / torch.softmax(log_w.detach(), dim=0)",
        "always one sample",
    ),
]
CONDITIONAL = [
    ("log_likelihood(x, model.decode(z, label))", "log_likelihood(x, model.decode(mu, label))", "no sample decoded"),
    ("log_likelihood(x, model.decode(z, label))", "log_likelihood(x, model.decode(z, 0 * label))", "label not decoded"),
    ("mu, log_var = model.encode(x, label)", "mu, log_var = model.encode(x, 0 * label)", "label kept from the encoder"),
    ("LabelFit(-cross_entropy(", "LabelFit(cross_entropy(", "a loss for a log probability"),
]
ADVERSARIAL = [
    ("return self.on_data + self.on_generated", "return self.on_data - self.on_generated", "the game's value"),
    (
        "with torch.no_grad():\n        x_generated",
        "with torch.enable_grad():\n        x_generated",
        "the generator is moved",
    ),
    (
        "logsigmoid(on_data), logsigmoid(-on_generated)",
        "logsigmoid(on_data), logsigmoid(on_generated)",
        "log D for log(1 − D)",
    ),
    (
        "logsigmoid(on_data), logsigmoid(-on_generated)",
        "on_data.sigmoid(), (-on_generated).sigmoid()",
        "probabilities without a logarithm",
    ),
    ("Deception(-logsigmoid(-model", "Deception(logsigmoid(-model", "a generator that helps the discriminator"),
    ("Deception(-logsigmoid(-model", "Deception(logsigmoid(model", "not the saturating objective"),
]
ANNEALING = [
    ("torch.where(kls.mean(dim=0) > free, kls, free)", "kls.clamp(min=free)", "free for each example, not on average"),
    ("torch.where(kls.mean(dim=0) > free, kls, free)", "(kls - free).clamp(min=0)", "free bits given back"),
    ("kls.mean(dim=0) > free", "kls.sum(dim=-1, keepdim=True) > free", "free for all latents together"),
    ("kls.sum(dim=-1), charged", "charged.sum(dim=-1), charged", "the charge reported as the KL"),
    ("beta * min(1.0, next(calls) / steps)", "beta * next(calls) / steps", "a weight that climbs for ever"),
    ("min(1.0, next(calls) / steps)", "min(1.0, (next(calls) + 1) / steps)", "a warm-up that does not begin at 0"),
    ("beta * min(1.0,", "min(1.0,", "a warm-up that forgets where to"),
    (
        "    calls = count()\n\n    def",
        "    calls = warm_up.__dict__.setdefault('calls', count())\n\n    def",
        "one count for all trainings",
    ),
]
DISCRETE = [
    ("return self.reconstruction - self.kl", "return self.reconstruction + self.kl", "the KL rewarded"),
    ("self.reconstruction - self.codebook - self", "self.reconstruction - self", "the codebook does not learn"),
    ("model.decode(straight_through(entry, vectors))", "model.decode(entry)", "no gradient passes the choice"),
    ("model.decode(straight_through(entry, vectors))", "model.decode(vectors)", "vectors decoded that were not chosen"),
    ("(vectors.detach() - entry)", "(vectors - entry)", "the codebook's term moves the encoder"),
    ("(vectors - entry.detach())", "(vectors - entry)", "the commitment moves the codebook"),
    ("pull, commitment * stay", "pull, stay", "the commitment's weight forgotten"),
    ("gumbel_softmax(logits, temperature, hard=hard)", "logits.softmax(dim=-1)", "probabilities decoded, no draw"),
    (
        "kl_categorical(logits, torch.zeros_like(logits))",
        "kl_categorical(torch.zeros_like(logits), logits)",
        "KL the other way round",
    ),
]
SEQUENCE = [
    ("(255 * x).round().long()", "(255 * x).long()", "a word below, by rounding"),
    ("words, word_dropout=word_dropout)", "words)", "no word is withheld"),
    ("kl, beta * kl)", "kl, kl)", "the weight forgotten"),
    ("model.decode(z, words", "model.decode(mu, words", "the mean decoded, no sample"),
]
