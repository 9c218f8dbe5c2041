"""The recipes of all that ships: one for each checkpoint, and one for each recording."""

from recipes.recipe import Recipe, RecordingRecipe

# A decade on either side of the VAE, whose weight is 1.
BETAS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

RECIPES = {
    "digit_classifier": Recipe(
        model="Classifier",
        arguments={"channels": (16, 32), "hidden": 32},
        objective="label_log_prob",
        training={"epochs": 8, "batch_size": 256, "learning_rate": 5e-3, "schedule": "one-cycle", "seed": 0},
    ),
    "cvae_2d": Recipe(
        model="DenseCVAE",
        arguments={"latent": 2, "hidden": (256, 128)},
        objective="conditional_elbo",
        training={"epochs": 40, "batch_size": 256, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
        twin=True,
    ),
    # A quarter of the source's channels: with all of them an epoch takes minutes and the weights ten megabytes.
    "cvae_conv": Recipe(
        model="CVAE",
        arguments={"latent": 8, "channels": 16},
        objective="conditional_elbo",
        training={"epochs": 15, "batch_size": 128, "learning_rate": 2e-3, "schedule": "one-cycle", "seed": 0},
        bits=8,
        twin=True,
    ),
    "autoencoder_2d": Recipe(
        model="Autoencoder",
        arguments={"latent": 2, "hidden": (400, 200, 100)},
        objective="reconstruction",
        # Longer training spreads its codes over ever larger distances, and the map becomes unreadable.
        training={"epochs": 10, "batch_size": 256, "learning_rate": 1e-3, "schedule": "one-cycle", "seed": 0},
    ),
    "vae_2d": Recipe(
        model="VAE",
        arguments={"latent": 2, "hidden": (400, 200, 100)},
        objective="elbo",
        training={"epochs": 100, "batch_size": 256, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    ),
    # From fresh weights a GAN with this decoder drops half of the digits, so this one begins as the decoder of a VAE.
    "gan_2d": Recipe(
        model="Generator",
        arguments={"latent": 2, "hidden": (400, 200, 100)},
        objective="non_saturating",
        options={"discriminator": {"hidden": (256,)}},
        start="vae_2d",
        # Trained for longer or faster, it loses its nines again.
        training={"steps": 1000, "batch_size": 64, "learning_rate": 1e-4, "schedule": "constant", "seed": 0},
    ),
    # Most published numbers for dense VAEs are for this size; protocol D, since grey levels have no likelihood.
    "vae_20": Recipe(
        model="VAE",
        arguments={"latent": 20, "hidden": (400,)},
        objective="elbo",
        protocol="D",
        training={"epochs": 30, "batch_size": 128, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    ),
    # The network and the data of table 1 of Burda et al. (2016), who train for 3,280 epochs.
    "reference_vae": Recipe(
        model="TanhVAE",
        arguments={"latent": 50, "hidden": (200, 200)},
        objective="elbo",
        protocol="D",
        training={"epochs": 150, "batch_size": 128, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    ),
    # Decoding 50 samples takes about 20 times as long as decoding one: to save time it begins where `reference_vae`
    # ends, as in the second experiment of table 2 of Burda et al. (2016).
    "reference_iwae": Recipe(
        model="TanhVAE",
        arguments={"latent": 50, "hidden": (200, 200)},
        objective="importance_weighted_bound",
        options={"num_samples": 50},
        protocol="D",
        start="reference_vae",
        training={"epochs": 4, "batch_size": 64, "learning_rate": 5e-4, "schedule": "one-cycle", "seed": 0},
    ),
}
# Seven of these ship, so each is kept small by a narrow first layer.
RECIPES |= {
    f"beta_2d_{beta:g}": Recipe(
        model="VAE",
        arguments={"latent": 2, "hidden": (32, 100, 100)},
        objective="beta_elbo",
        options={"beta": beta},
        protocol="D",
        training={"epochs": 40, "batch_size": 256, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    )
    for beta in BETAS
}

# Two rivals with one decoder, one budget and one half of the digits, three seeds each; the other half is their twin.
# Six of them ship, so each is kept small by a narrow last hidden layer and by eight bits.
RIVALS = 3
HALF = {"arguments": {"latent": 20, "hidden": (256, 128)}, "bits": 8, "half": True}
RECIPES |= {
    f"vae_half_{seed}": Recipe(
        model="VAE",
        objective="elbo",
        codes=100,
        training={"steps": 10_000, "batch_size": 64, "learning_rate": 2e-3, "schedule": "one-cycle", "seed": seed},
        **HALF,
    )
    for seed in range(RIVALS)
}
RECIPES |= {
    f"gan_half_{seed}": Recipe(
        model="Generator",
        objective="non_saturating",
        options={"discriminator": {"hidden": (256,)}},
        training={"steps": 10_000, "batch_size": 64, "learning_rate": 3e-4, "schedule": "constant", "seed": seed},
        **HALF,
    )
    for seed in range(RIVALS)
}

# Ten steps to a decade: each frame is later than the one before by about the same factor.
DECADE = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)

RECORDINGS = {
    "bubbles_2d": RecordingRecipe(
        model="VAE",
        arguments={"latent": 2, "hidden": (400,)},
        betas=(0.0, 0.1, 1.0, 10.0, 100.0),
        frames=(0, 1, 2, 3, 4, 5, 6, 8, *(power * step for power in (1, 10, 100) for step in DECADE), 10_000),
        per_class=8,
        training={"batch_size": 128, "learning_rate": 1e-3, "schedule": "constant", "seed": 0},
    ),
}
