"""Tables and figures for people; made from files, without torch."""
