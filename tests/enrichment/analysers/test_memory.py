from enrichment.analysers.memory import peak_end_mean


def test_the_peak_is_the_farthest_from_zero_and_the_end_the_last():
    found = peak_end_mean([0.2, -0.9, 0.4])
    assert (found.peak, found.end, found.mean) == (-0.9, 0.4, -0.1)


def test_the_first_of_equal_peaks_counts():
    assert peak_end_mean([0.5, -0.5]).peak == 0.5


def test_nothing_is_peak_end_mean_of_nothing():
    assert peak_end_mean([]) is None
