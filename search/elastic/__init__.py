"""The index on Elasticsearch, for those who outgrow one machine and for analysts who work in Kibana."""
