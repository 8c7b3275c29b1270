"""From a painted face to a grey photograph of 48x48 pixels: light, hand, lens, sensor."""

import torch

from fer_lib.data.synthetic.canvas import inside, mix, segment, smooth, square_root


def light(canvas, picture):
    """Return the brightness of each pixel: Lambert's cosine law on the slopes of the relief, float32 [B, H, W]."""
    relief = canvas.relief
    slope_x, slope_y = torch.zeros_like(relief), torch.zeros_like(relief)
    # Pixels are half a face unit apart, so two pixels are one.
    slope_x[:, :, 1:-1] = relief[:, :, 2:] - relief[:, :, :-2]
    slope_y[:, 1:-1] = relief[:, 2:] - relief[:, :-2]
    steep = square_root(slope_x * slope_x + slope_y * slope_y + 1)
    far = square_root(picture.light_x * picture.light_x + picture.light_y * picture.light_y + 1)
    cosine = (1 - picture.light_x * slope_x - picture.light_y * slope_y) / (steep * far)
    return canvas.tone * (picture.ambient + (1.05 - picture.ambient) * cosine.clamp(min=0))


def paint_hand(canvas, person, picture):
    """Lay the fingers of a hand over the lower face, in some pictures."""
    u, v = canvas.u, canvas.v
    for finger in range(4):
        u0 = picture.hand_x + 3.4 * (finger - 1.5)
        tip = (u0, picture.hand_y + 0.9 * (finger - 1.4) * (finger - 1.4))
        root = (u0 + 14 * picture.hand_lean, picture.hand_y + 30)
        distance, _ = segment(u, v, tip, root)
        cover = inside(distance - 1.7)
        canvas.paint(person.skin * (1.0 - 0.35 * smooth(distance / 1.8)), picture.hand * cover)
        canvas.relief = mix(canvas.relief, (18 - distance * distance * 0.4), picture.hand * cover)


def photograph(bright, picture, grain):
    """Return uint8 images [B, 48, 48]: supersampled pixels averaged, blurred, exposed, with noise.

    Parameters
    ----------
    bright : torch.Tensor of float32, shape [B, 96, 96]
        Brightness, 0 to about 1.
    picture : SimpleNamespace
        From `throw_picture`.
    grain : torch.Tensor of float32, shape [B, 48, 48]
        Noise from -1 to 1.
    """
    image = (bright[:, ::2, ::2] + bright[:, 1::2, ::2] + bright[:, ::2, 1::2] + bright[:, 1::2, 1::2]) / 4
    image = _blur(_blur(image, picture.blur).transpose(1, 2), picture.blur).transpose(1, 2)
    image = ((image - 0.45) * picture.contrast + 0.45) * picture.exposure + picture.noise * grain
    return (image.clamp(0, 1) * 255 + 0.5).to(torch.uint8)


def _blur(image, share):
    """Mix each row with its neighbours above and below."""
    above = torch.cat([image[:, :1], image[:, :-1]], 1)
    below = torch.cat([image[:, 1:], image[:, -1:]], 1)
    return image * (1 - 2 * share) + (above + below) * share
