            fields["preprocessing"] = Preprocessing(**fields["preprocessing"])
