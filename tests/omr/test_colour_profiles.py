"""Colour profiles: what a colour engine makes of them."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from omr.colour_profiles import ColourProfile, grey_profile, rgb_profile


@pytest.mark.parametrize(("profile", "space"), [(grey_profile(), "GRAY"), (rgb_profile(), "RGB")])
def test_a_colour_engine_reads_the_profile(profile: ColourProfile, space: str) -> None:
    read = ImageCms.getOpenProfile(io.BytesIO(profile.data)).profile
    assert (read.xcolor_space.strip(), read.connection_space.strip()) == (space, "XYZ")
    assert read.device_class == "mntr"
    assert read.profile_description == profile.name
    assert read.media_white_point is not None
    assert [round(v, 3) for v in read.media_white_point[0]] == [0.964, 1.0, 0.825]
    length = len(profile.data)
    assert int.from_bytes(profile.data[:4]) == length % 4 + length


def test_colours_are_those_of_srgb_but_for_its_curve() -> None:
    ours = ImageCms.getOpenProfile(io.BytesIO(rgb_profile().data))
    shown = ImageCms.createProfile("sRGB")
    for colour in ((255, 255, 255), (200, 30, 30), (20, 90, 160), (120, 120, 120), (0, 0, 0)):
        picture = Image.new("RGB", (1, 1), colour)
        turned = ImageCms.profileToProfile(picture, ours, shown)
        assert turned is not None
        found = turned.getpixel((0, 0))
        assert isinstance(found, tuple)
        assert (
            max(abs(a - b) for a, b in zip(found, colour, strict=True)) <= 9
        )  # in the darkest colours
