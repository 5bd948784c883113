"""What analysts find in Kibana: data views, searches and dashboards, described in Python and written as saved objects."""
