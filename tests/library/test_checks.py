"""What every door of the library says of data that are none, and that it lets good data pass."""

import pytest
import torch

from vae_lib._checks import expect_bytes, expect_classes, expect_finite, expect_grey_levels, explained


@pytest.mark.parametrize("check", [expect_bytes, expect_grey_levels])
def test_good_images_pass(check):
    for images in (torch.tensor([[0, 255]]), torch.tensor([[0, 0]]), torch.zeros(0, 28, 28), torch.tensor([[2, 1]])):
        check(images.to(torch.uint8))


def test_ink_of_one_is_refused_only_where_grey_levels_are_meant():
    images = torch.tensor([[0, 1]], dtype=torch.uint8)
    expect_bytes(images)
    with pytest.raises(ValueError, match="black on black"):
        expect_grey_levels(images)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64])
def test_good_labels_pass(dtype):
    expect_classes(torch.tensor([0, 9], dtype=dtype), 2, 10)
    expect_classes(torch.tensor([], dtype=dtype), 0, 10)


def test_rows_that_are_not_finite_are_counted_once():
    values = torch.tensor([[1.0, torch.nan], [torch.inf, torch.nan], [0.0, 0.0]])
    with pytest.raises(ArithmeticError, match="'mu' is NaN or infinite for 2 of 3"):
        expect_finite(values, "mu")
    with pytest.raises(ArithmeticError, match="'kl' is NaN for 1 of 2"):
        expect_finite(torch.tensor([torch.nan, torch.inf]), "kl", infinite=True)
    expect_finite(torch.tensor([-torch.inf, 0.0]), "kl", infinite=True)
    expect_finite(torch.zeros(0), "kl")


def test_an_error_that_is_not_about_memory_stays_the_same_error():
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x1024 and 784x400)")
    with pytest.raises(RuntimeError) as caught, explained(torch.zeros(2, 1024), "Take less."):
        raise error
    assert caught.value is error
    assert "x of shape (2, 1024) on cpu" in error.__notes__[0]
    assert "1024 pixels" in error.__notes__[0]


def test_other_errors_pass_untouched():
    for error in (ValueError("labels"), KeyboardInterrupt(), ArithmeticError("NaN")):
        with pytest.raises(type(error)) as caught, explained(torch.zeros(2, 3), "Take less."):
            raise error
        assert caught.value is error
        assert not hasattr(error, "__notes__")


def test_a_real_allocation_that_cannot_be_had_is_a_memory_error():
    """A CPU's allocator says so in words of its own."""
    expected = r"cpu ran out of memory: expected room for 6 rows of 3 numbers .* Take less"
    with pytest.raises(MemoryError, match=expected), explained(torch.zeros(2, 3), "Take less.", copies=3):
        torch.empty(1 << 60, dtype=torch.uint8)
