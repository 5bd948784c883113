"""What a source is called: never by the key that programs know."""

from reports.data.source_names import source_label


def test_a_source_that_is_configured_no_more_is_named_by_what_it_read():
    names = {"trustpilot:pousse": "Trustpilot"}
    assert source_label("trustpilot:pousse", names) == "Trustpilot"
    assert source_label("schema_org:avis.example/pousse", names) == "avis.example/pousse"
    assert source_label("caisse", names) == "caisse"
