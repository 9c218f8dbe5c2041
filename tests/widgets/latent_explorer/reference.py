"""Labelled codes, and how many of them PyTorch counts near a point, for the tests under Node."""

import torch

CIRCLES = [([0.0, 0.0], 0.3), ([1.0, -0.5], 1.0), ([9.0, 9.0], 0.2)]


def reference():
    """301 codes of four classes, and for each circle how many lie in it, of which classes."""
    torch.manual_seed(4)
    codes, labels = torch.randn(301, 2).half().float(), torch.randint(0, 4, (301,)) * 3
    near = []
    for z, radius in CIRCLES:
        inside = labels[(codes - torch.tensor(z)).norm(dim=1) <= radius]
        classes = {str(int(label)): int((inside == label).sum()) for label in inside.unique()}
        near.append({"z": z, "radius": radius, "total": len(inside), "classes": classes})
    return {"codes": codes.tolist(), "labels": labels.tolist(), "neighbours": near}
