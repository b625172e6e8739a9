"""What the page says of its settings, for those who paint."""

HELP = {
    "size": "The long side of the picture. Twice the size takes about four times as long.",
    "preset": (
        "All settings of an example or of a paper at once. Settings that you change yourself "
        "override it."
    ),
    "style_weight": (
        "How strongly the painting's manner replaces the photograph's. Much more dissolves what is "
        "shown, much less leaves a tinted photograph."
    ),
    "content_weight": (
        "How closely the picture keeps to the photograph. More keeps its shapes and details, less "
        "leaves them to the painting."
    ),
    "tv_weight": (
        "How much fine grain is evened out. More gives calm, even surfaces; too much blurs the "
        "strokes."
    ),
    "style_size": (
        "The size of the brushwork: 0.5 × paints finer strokes, 2 × broader ones, as far as the "
        "painting has the pixels for them."
    ),
    "color": (
        "Whose colours the picture has: the painting's, or the photograph's in one of three ways."
    ),
    "style_statistic": (
        "What the picture is to share with the painting: its average look (mean), which strokes "
        "and colours occur together (gram), how often each occurs (histogram, wasserstein), or "
        "patches as they are (nearest). The first choice suits most paintings."
    ),
    "steps": (
        "How long the picture is worked on. It is there early, and each further step refines it "
        "less than the one before."
    ),
    "seconds": "The time that the picture may take. As many steps are made as fit into it.",
    "feather": "How softly what is painted passes into what stays the photograph.",
}
